package phone

import (
	"crypto/x509"
	"fmt"
	"net"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
)

// otherPorts are how many ports after Port are tried.
const otherPorts = 20

// listen opens a port: at "host:port", at "host" or "port" alone, or, for "", on
// all addresses of this machine. Where no port is said, last is tried first, then
// Port and the next ones. Port 0 is any that is free.
func listen(address string, last int) (net.Listener, error) {
	host, port, err := split(address)
	if err != nil {
		return nil, err
	}
	if port != "" {
		l, err := net.Listen("tcp", net.JoinHostPort(host, port))
		if err != nil {
			return nil, fmt.Errorf("the page for a phone cannot be at %s: %w; name another port", net.JoinHostPort(host, port), err)
		}
		return l, nil
	}
	if last > 0 && last < 1<<16 {
		if l, err := net.Listen("tcp", net.JoinHostPort(host, strconv.Itoa(last))); err == nil {
			return l, nil
		}
	}
	for n := Port; ; n++ {
		l, err := net.Listen("tcp", net.JoinHostPort(host, strconv.Itoa(n)))
		if err == nil {
			return l, nil
		}
		if n == Port+otherPorts {
			return nil, fmt.Errorf("the page for a phone cannot be at a port from %d to %d: %w; name another one", Port, n, err)
		}
	}
}

// split takes an address apart; port is "" where none is said.
func split(address string) (host, port string, err error) {
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
		return "", "", fmt.Errorf("%q is no address for a phone's page: say host:port, host or port", address)
	}
	return host, port, nil
}

// place is where the page is: hosts as they stand in an address and in a
// request's Host, the likeliest to be reached by a phone first.
type place struct {
	port  string
	hosts []string
}

// addresses are the page's addresses.
func (p place) addresses() []string {
	var found []string
	for _, h := range p.hosts {
		if h == "localhost" || strings.HasPrefix(h, "127.") || h == "::1" {
			continue // leads a phone to itself
		}
		found = append(found, "https://"+net.JoinHostPort(h, p.port)+"/")
	}
	if len(found) == 0 {
		found = []string{"https://" + net.JoinHostPort(p.hosts[0], p.port) + "/"}
	}
	return found
}

// has reports whether a request's Host is one of ours. Another one has been made
// to point here by somebody else's name server.
func (p place) has(host string) bool {
	h, port, err := net.SplitHostPort(host)
	if err != nil {
		h, port = strings.Trim(host, "[]"), "443"
	}
	if port != p.port {
		return false
	}
	h = strings.ToLower(strings.TrimSuffix(h, "."))
	if a, err := netip.ParseAddr(h); err == nil {
		h = a.Unmap().WithZone("").String()
	}
	return slices.Contains(p.hosts, h)
}

// placeOf is where a listener can be reached: by the names of a certificate of
// one's own, by the host that was asked for, and by the addresses and the names
// of this machine.
func placeOf(l net.Addr, asked string, own *x509.Certificate) place {
	p := place{port: "443"}
	var ip netip.Addr
	if tcp, ok := l.(*net.TCPAddr); ok {
		p.port = strconv.Itoa(tcp.Port)
		ip, _ = netip.AddrFromSlice(tcp.IP)
		ip = ip.Unmap()
	}
	add := func(h string) {
		h = strings.ToLower(h)
		if h != "" && !strings.HasPrefix(h, "*") && !slices.Contains(p.hosts, h) {
			p.hosts = append(p.hosts, h)
		}
	}
	if own != nil {
		for _, n := range own.DNSNames {
			add(n)
		}
	}
	if host, _, err := split(asked); err == nil {
		if a, err := netip.ParseAddr(host); err != nil || !a.IsUnspecified() {
			add(host)
		}
	}
	if ip.IsValid() && !ip.IsUnspecified() {
		add(ip.String())
		if ip.IsLoopback() {
			add("localhost")
		}
		return p
	}
	if networks := machine(); len(networks) > 0 {
		for _, a := range networks {
			add(a.String())
		}
		for _, n := range names() {
			add(n)
		}
	}
	add("localhost")
	add("127.0.0.1")
	add("::1")
	return p
}

// names are those by which a phone in the same network may find this machine.
func names() []string {
	host, err := os.Hostname()
	if err != nil || host == "" {
		return nil
	}
	host, _, _ = strings.Cut(strings.ToLower(host), ".")
	for _, r := range host {
		if r != '-' && (r < '0' || r > '9') && (r < 'a' || r > 'z') {
			return nil // no name that a certificate could have
		}
	}
	return []string{host + ".local"}
}

// machine are the addresses of this machine in the networks that it is in, the
// one by which it reaches others first.
func machine() (found []netip.Addr) {
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
