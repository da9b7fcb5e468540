package main

import (
	"io"
	"net"
	"sync"
	"syscall/js"
	"time"
)

// maxQueued is how many received bytes of a connection may wait for the broker before the host is told to
// stop reading from its socket.
const maxQueued = 1 << 20

type addr string

func (addr) Network() string  { return "tcp" }
func (a addr) String() string { return string(a) }

// conn is a client connection as kfake sees it. Bytes come in from the host as whole frames and go out as
// whole responses.
type conn struct {
	l      *listener
	id     int
	remote addr

	mu      sync.Mutex
	changed *sync.Cond
	frames  [][]byte
	queued  int
	paused  bool // the host has stopped reading
	eof     bool // the client is gone
	closed  bool // kfake has closed it
	full    bool // the socket's buffer is full
}

func newConn(l *listener, id int, remote string) *conn {
	c := &conn{l: l, id: id, remote: addr(remote)}
	c.changed = sync.NewCond(&c.mu)
	return c
}

// received queues a frame. The host is told to stop reading from here, not by the result: before a call from the host
// returns, other goroutines run, so what is read meanwhile would have it go on before it had stopped.
func (c *conn) received(frame []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.frames = append(c.frames, frame)
	c.queued += len(frame)
	if c.queued > maxQueued && !c.paused {
		c.paused = true
		c.l.pause.Invoke(c.id)
	}
	c.changed.Broadcast()
}

func (c *conn) drained() { c.set(&c.full, false) }
func (c *conn) gone()    { c.set(&c.eof, true) }

func (c *conn) set(flag *bool, to bool) {
	c.mu.Lock()
	*flag = to
	c.changed.Broadcast()
	c.mu.Unlock()
}

func (c *conn) Read(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for len(c.frames) == 0 {
		if c.closed {
			return 0, net.ErrClosed
		}
		if c.eof {
			return 0, io.EOF
		}
		c.changed.Wait()
	}
	n := copy(p, c.frames[0])
	c.frames[0] = c.frames[0][n:]
	if len(c.frames[0]) == 0 {
		c.frames[0] = nil
		c.frames = c.frames[1:]
	}
	c.queued -= n
	if c.paused && c.queued <= maxQueued/2 {
		c.paused = false
		c.l.resume.Invoke(c.id)
	}
	return n, nil
}

func (c *conn) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.full && !c.closed && !c.eof {
		c.changed.Wait()
	}
	if c.closed || c.eof {
		return 0, net.ErrClosed
	}
	bytes := c.l.uint8Array.New(len(p))
	js.CopyBytesToJS(bytes, p)
	c.full = !c.l.write.Invoke(c.id, bytes).Bool()
	return len(p), nil
}

func (c *conn) Close() error {
	c.mu.Lock()
	was := c.closed
	c.closed = true
	c.changed.Broadcast()
	c.mu.Unlock()
	if !was {
		c.l.end.Invoke(c.id)
		c.l.forget(c.id)
	}
	return nil
}

func (c *conn) LocalAddr() net.Addr  { return c.l.Addr() }
func (c *conn) RemoteAddr() net.Addr { return c.remote }

// kfake sets no deadlines.
func (c *conn) SetDeadline(time.Time) error      { return nil }
func (c *conn) SetReadDeadline(time.Time) error  { return nil }
func (c *conn) SetWriteDeadline(time.Time) error { return nil }
