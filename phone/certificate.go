package phone

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"net/netip"
	"path/filepath"
	"slices"
	"time"

	"github.com/gobancam/gobancam/internal/disk"
	"github.com/gobancam/gobancam/internal/limits"
)

// Times of our certificate. Browsers of Apple's refuse one that is valid for
// more than 398 days.
const (
	certLife  = 397 * 24 * time.Hour
	certSpare = 30 * 24 * time.Hour // before its end, it is renewed
	certBack  = 2 * 24 * time.Hour  // before now, it begins: a clock may be off by a time zone, here or on the phone
)

// maxNames are how many addresses a certificate remembers from other networks: a
// laptop that goes to and fro between two is not warned of each time.
const maxNames = 32

// certFile holds certificate and key, so that both are replaced at once.
const certFile = "certificate.pem"

// loadOwn reads a certificate of the user's own, with its key.
func loadOwn(cert, key string) (*tls.Certificate, error) {
	if cert == "" || key == "" {
		return nil, errors.New("a certificate of one's own for the phone's page takes two files: the certificate and its key")
	}
	c, err := limits.ReadFile(cert, limits.Config)
	if err != nil {
		return nil, fmt.Errorf("the certificate for the phone's page cannot be read: %w", err)
	}
	k, err := limits.ReadFile(key, limits.Config)
	if err != nil {
		return nil, fmt.Errorf("the key for the phone's page cannot be read: %w", err)
	}
	pair, err := tls.X509KeyPair(c, k)
	if err != nil {
		return nil, fmt.Errorf("%s and %s are no certificate and its key: %w", cert, key, err)
	}
	if now := time.Now(); now.After(pair.Leaf.NotAfter) {
		return nil, fmt.Errorf("the certificate in %s ended on %s: no phone would take it; renew it", cert, pair.Leaf.NotAfter.Format(time.DateOnly))
	}
	return &pair, nil
}

// ourCertificate returns the certificate kept in dir, or a new one that is kept
// there, if there is none, it nears its end, or lacks one of hosts. One that
// cannot be kept will do for once: note is told.
func ourCertificate(fsys disk.FS, dir string, hosts []string, now time.Time, note func(string)) (*tls.Certificate, error) {
	name := filepath.Join(dir, certFile)
	text, err := limits.ReadFile(name, limits.Config)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		note(fmt.Sprintf("The certificate of the phone's page cannot be read, and another one is made: %v.", err))
	}
	old, err := tls.X509KeyPair(text, text)
	if err == nil && fits(old.Leaf, hosts, now) {
		return &old, nil
	}
	all := slices.Clone(hosts)
	if err == nil {
		for _, ip := range old.Leaf.IPAddresses {
			if h := ip.String(); len(all) < maxNames && !slices.Contains(all, h) {
				all = append(all, h)
			}
		}
	}
	text, err = makeCertificate(all, now)
	if err != nil {
		return nil, fmt.Errorf("no certificate for the phone's page could be made: %w", err)
	}
	err = fsys.MkdirAll(dir, 0o700)
	if err == nil {
		err = disk.WriteFile(fsys, name, text, 0o600)
	}
	if err != nil {
		note(fmt.Sprintf("The certificate of the phone's page cannot be kept: the phone's browser warns again after the next start: %v.", err))
	}
	pair, err := tls.X509KeyPair(text, text)
	return &pair, err
}

// fits reports whether a certificate will do for hosts, for some time.
func fits(c *x509.Certificate, hosts []string, now time.Time) bool {
	if now.Before(c.NotBefore) || now.Add(certSpare).After(c.NotAfter) {
		return false
	}
	for _, h := range hosts {
		if c.VerifyHostname(h) != nil {
			return false
		}
	}
	return true
}

// makeCertificate makes a certificate that signs itself, with its key, in PEM.
func makeCertificate(hosts []string, now time.Time) ([]byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	number, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, err
	}
	t := &x509.Certificate{
		SerialNumber: number,
		Subject:      pkix.Name{CommonName: "gobancam on this computer"},
		NotBefore:    now.Add(-certBack),
		NotAfter:     now.Add(certLife - certBack),
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},

		BasicConstraintsValid: true, // a leaf: it vouches for nobody else
	}
	for _, h := range hosts {
		if a, err := netip.ParseAddr(h); err == nil {
			t.IPAddresses = append(t.IPAddresses, net.IP(a.AsSlice()))
		} else {
			t.DNSNames = append(t.DNSNames, h)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, t, t, key.Public(), key)
	if err != nil {
		return nil, err
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	return append(text, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})...), nil
}
