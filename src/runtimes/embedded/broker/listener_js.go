package main

import (
	"errors"
	"net"
	"strconv"
	"sync"
	"syscall/js"
)

// maxPending is how many accepted connections may wait for kfake to take them.
const maxPending = 1024

// listener is a net.Listener on a socket that the host holds.
type listener struct {
	host       host
	bindHost   string
	advertised string
	port       int

	// Bound functions, so that a call needs no look-up by name.
	write, end, pause, resume, uint8Array js.Value

	pending chan *conn
	closed  chan struct{}
	once    sync.Once
	mu      sync.Mutex
	conns   map[int]*conn
}

func newListener(h host, bindHost, advertised string) *listener {
	return &listener{
		host: h, bindHost: bindHost, advertised: advertised,
		write: h.Get("write"), end: h.Get("end"), pause: h.Get("pause"), resume: h.Get("resume"),
		uint8Array: js.Global().Get("Uint8Array"),
		pending: make(chan *conn, maxPending), closed: make(chan struct{}), conns: make(map[int]*conn),
	}
}

// listen is kfake's ListenFn. Of the address only the port counts: kfake always names 127.0.0.1.
func (l *listener) listen(_, address string) (net.Listener, error) {
	_, portText, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	port, err := strconv.Atoi(portText)
	if err != nil {
		return nil, err
	}
	result := make(chan error, 1)
	l.host.Call("listen", l.bindHost, port, js.ValueOf(map[string]any{
		"listening": js.FuncOf(func(_ js.Value, a []js.Value) any {
			if a[0].IsNull() {
				l.port = a[1].Int()
				result <- nil
			} else {
				result <- errors.New(a[0].String())
			}
			return nil
		}),
		"connected": js.FuncOf(func(_ js.Value, a []js.Value) any { return l.connected(a[0].Int(), a[1].String()) }),
		"received":  js.FuncOf(func(_ js.Value, a []js.Value) any { l.received(a[0].Int(), a[1]); return nil }),
		"drained":   js.FuncOf(func(_ js.Value, a []js.Value) any { l.with(a[0].Int(), (*conn).drained); return nil }),
		"gone":      js.FuncOf(func(_ js.Value, a []js.Value) any { l.with(a[0].Int(), (*conn).gone); return nil }),
	}))
	return l, <-result
}

// connected takes a new connection; false if too many are waiting.
func (l *listener) connected(id int, remote string) bool {
	c := newConn(l, id, remote)
	select {
	case l.pending <- c:
	default:
		return false
	}
	l.mu.Lock()
	l.conns[id] = c
	l.mu.Unlock()
	return true
}

func (l *listener) received(id int, frame js.Value) {
	l.with(id, func(c *conn) {
		b := make([]byte, frame.Length())
		js.CopyBytesToGo(b, frame)
		c.received(b)
	})
}

func (l *listener) with(id int, fn func(*conn)) {
	l.mu.Lock()
	c := l.conns[id]
	l.mu.Unlock()
	if c != nil {
		fn(c)
	}
}

func (l *listener) forget(id int) {
	l.mu.Lock()
	delete(l.conns, id)
	l.mu.Unlock()
}

// Accept waits for the next connection.
func (l *listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.pending:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

// Close stops listening; open connections stay.
func (l *listener) Close() error {
	l.once.Do(func() {
		close(l.closed)
		l.host.Call("closeListener")
	})
	return nil
}

// Addr is what kfake advertises to clients.
func (l *listener) Addr() net.Addr {
	return addr(net.JoinHostPort(l.advertised, strconv.Itoa(l.port)))
}
