package terminal

// ProgramHelp lists the commands of a game against a program.
const ProgramHelp = `pass                 pass
resign               resign; asks once more
undo                 take back your last move, and the program's answer
accept, yes          yes to what is asked
deny, no             no to it
pause, resume        stop the clocks, go on
play POINT           this is my move, whatever the camera says
mark POINT...        turn stones dead or alive, when both have passed
accept-score         that is the result; reject-score plays on
trust [POINT...]     the board is right: overlook what seems wrong
there                the stones that seem to be missing lie there: go on
look                 forget what was seen and look afresh
resync               start a program once more that was left alone
mode auto|ask|below P  when to be asked before a move counts
corners X,Y X,Y X,Y X,Y  where the corner crossings are in the picture
quit                 leave; the game can go on another time
help                 this list
`

// ControllerHelp lists the commands of a game that another program controls.
const ControllerHelp = `pass                 pass
resign               resign; asks once more
accept, yes          yes to what is asked
deny, no             no to it
play POINT           this is my move, whatever the camera says
mark POINT...        turn stones dead or alive, while you are asked about them
accept-score         agree to the marked stones
trust [POINT...]     the board is right: overlook what seems wrong
there                the stones that seem to be missing lie there: go on
look                 forget what was seen and look afresh
mode auto|ask|below P  when to be asked before a move is answered
corners X,Y X,Y X,Y X,Y  where the corner crossings are in the picture
quit                 leave; the controller is told
help                 this list
`
