package ogs

import "net/http"

// ProxyOf returns how a client chooses its proxy.
func ProxyOf(c *Client) any {
	t, ok := c.http.Transport.(*polite).next.(*http.Transport)
	if !ok || t.Proxy == nil || c.dialer.Proxy == nil {
		return nil
	}
	return t.Proxy
}
