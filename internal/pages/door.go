package pages

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// Door is the port at which a page waits for visitors, and what is said where it
// cannot be had.
type Door struct {
	Port   int    // where nothing else is said; where it is taken, one of the next ports
	Cannot string // "the game cannot be shown"
	For    string // what the address is for: "to show a game at"
}

// otherPorts are how many ports after a Door's own are tried.
const otherPorts = 20

// Listen opens a port: at "host:port", at "host" or "port" alone, or, for "", on
// all addresses of this machine. Where no port is said, last is tried first if
// it is one, then the door's own and the next ones. Port 0 is any that is free.
func (d Door) Listen(address string, last int) (net.Listener, error) {
	host, port, err := d.Split(address)
	if err != nil {
		return nil, err
	}
	if port != "" {
		l, err := net.Listen("tcp", net.JoinHostPort(host, port))
		if err != nil {
			return nil, fmt.Errorf("%s at %s: %w; name another port", d.Cannot, net.JoinHostPort(host, port), err)
		}
		return l, nil
	}
	if last > 0 && last < 1<<16 {
		if l, err := net.Listen("tcp", net.JoinHostPort(host, strconv.Itoa(last))); err == nil {
			return l, nil
		}
	}
	for n := d.Port; ; n++ {
		l, err := net.Listen("tcp", net.JoinHostPort(host, strconv.Itoa(n)))
		if err == nil {
			return l, nil
		}
		if n == d.Port+otherPorts {
			return nil, fmt.Errorf("%s at a port from %d to %d: %w; name another one", d.Cannot, d.Port, n, err)
		}
	}
}

// Split takes an address apart; port is "" where none is said.
func (d Door) Split(address string) (host, port string, err error) {
	if _, err := strconv.ParseUint(address, 10, 16); err == nil {
		return "", address, nil
	}
	host = address
	if h, p, err := net.SplitHostPort(address); err == nil {
		host, port = h, p
		if _, err := strconv.ParseUint(p, 10, 16); err != nil {
			return "", "", fmt.Errorf("%q is no port", p)
		}
	}
	host = strings.Trim(host, "[]")
	if strings.ContainsAny(host, "/ ?#@") {
		return "", "", fmt.Errorf("%q is no address %s: say host:port, host or port", address, d.For)
	}
	return host, port, nil
}

// Networks are the addresses of this machine in the networks that it is in, the
// one by which it reaches others first.
func Networks() (found []netip.Addr) {
	all, err := net.InterfaceAddrs()
	if err != nil {
		return nil
	}
	for _, a := range all {
		n, ok := a.(*net.IPNet)
		if !ok {
			continue
		}
		if ip, ok := netip.AddrFromSlice(n.IP); ok && !ip.IsLoopback() && !ip.IsLinkLocalUnicast() {
			found = append(found, ip.Unmap())
		}
	}
	out := outward()
	rank := func(a netip.Addr) int {
		switch {
		case a == out:
			return 0
		case a.Is4():
			return 1
		}
		return 2
	}
	slices.SortStableFunc(found, func(a, b netip.Addr) int { return rank(a) - rank(b) })
	return found
}

// outward is the address by which this machine goes to others. Nothing is sent:
// the system only says which way it would take to an address that is nobody's.
func outward() netip.Addr {
	c, err := net.Dial("udp4", "192.0.2.1:9")
	if err != nil {
		return netip.Addr{}
	}
	defer c.Close()
	a, err := netip.ParseAddrPort(c.LocalAddr().String())
	if err != nil {
		return netip.Addr{}
	}
	return a.Addr()
}
