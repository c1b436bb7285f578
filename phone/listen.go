package phone

import (
	"crypto/x509"
	"net"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/gobancam/gobancam/internal/pages"
)

// door is where a phone finds the page.
var door = pages.Door{Port: Port, Cannot: "the page for a phone cannot be", For: "for a phone's page"}

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
	if host, _, err := door.Split(asked); err == nil {
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
	if networks := pages.Networks(); len(networks) > 0 {
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
