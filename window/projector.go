package window

type projectorFace struct{}

func (f *projectorFace) scene(u *ui) scene { return scene{black: true} }

func (f *projectorFace) handle(u *ui, e event) {
	if e.kind == keyDown && e.key == "Escape" {
		u.shown = "play"
	}
}
