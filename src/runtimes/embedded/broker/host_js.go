package main

import "syscall/js"

// host is the Node side of the bridge: globalThis.lkmHost, see ../host/bridge.ts.
type host struct{ js.Value }

func newHost() host { return host{js.Global().Get("lkmHost")} }

func (h host) log(level, line string) { h.Call("log", level, line) }

func (h host) failed(why string) { h.Call("failed", why) }

// ready tells the host that the broker serves on port. The returned channel gets one value when the host
// wants the broker to stop.
func (h host) ready(port int) <-chan struct{} {
	stop := make(chan struct{}, 1)
	h.Call("ready", port, js.FuncOf(func(js.Value, []js.Value) any {
		select {
		case stop <- struct{}{}:
		default:
		}
		return nil
	}))
	return stop
}

// diskSpace returns the total and the usable bytes of the disk below the data directory, -1 if unknown.
func (h host) diskSpace() (int64, int64) {
	v := h.Call("diskSpace")
	return int64(v.Get("total").Float()), int64(v.Get("usable").Float())
}
