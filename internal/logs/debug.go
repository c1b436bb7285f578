package logs

import (
	"context"
	"expvar"
	"fmt"
	"net"
	"net/http"
	"net/http/pprof"
	"strings"
	"time"
)

// Debug serves the insides of the running program to this machine: profiles
// (net/http/pprof) below /debug/pprof/, numbers (expvar) at /debug/vars.
type Debug struct {
	Address string // of the page, as http://127.0.0.1:6060/debug/pprof/
	srv     *http.Server
	served  chan struct{}
}

// ListenDebug opens the page at an address of the loopback, such as
// 127.0.0.1:6060, until Close. Every other address is refused: what it shows is
// not for others.
func ListenDebug(ctx context.Context, address string) (*Debug, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("%q is no address like 127.0.0.1:6060", address)
	}
	if !loopback(host) {
		return nil, fmt.Errorf("%s is not of this machine alone: 127.0.0.1, ::1 or localhost", host)
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	// A command line may hold a camera's password.
	mux.HandleFunc("GET /debug/pprof/cmdline", http.NotFound)
	mux.HandleFunc("GET /debug/vars", vars)
	d := &Debug{Address: "http://" + l.Addr().String() + "/debug/pprof/", served: make(chan struct{}),
		srv: &http.Server{Handler: onlyHere(mux), ReadHeaderTimeout: 5 * time.Second}}
	go func() {
		defer close(d.served)
		_ = d.srv.Serve(l) // it ends with Close
	}()
	return d, nil
}

// Close ends the page, and whatever it is still writing.
func (d *Debug) Close() error {
	err := d.srv.Close()
	<-d.served
	return err
}

// vars is expvar's page without the command line.
func vars(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	var words []string
	expvar.Do(func(v expvar.KeyValue) {
		if v.Key != "cmdline" {
			words = append(words, fmt.Sprintf("%q: %s", v.Key, v.Value))
		}
	})
	fmt.Fprintf(w, "{%s}\n", strings.Join(words, ",\n"))
}

// onlyHere refuses whoever came by another name than this machine's own: a page
// of somebody else whose name was made to lead here.
func onlyHere(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.Host)
		if err != nil {
			host = r.Host
		}
		if !loopback(strings.Trim(host, "[]")) {
			http.Error(w, "this page is for this machine alone", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
