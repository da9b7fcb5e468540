package kfake

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"syscall"
	"syscall/js"
	"time"
)

// HostFiles makes the cluster use the host's file functions (host/files.ts) directly. Go's own os package
// makes ten calls into JavaScript of each operation, with a callback that the runtime must wait for; this
// makes one. A result that is text beginning with "!" is an error: its code and message.
func HostFiles(host js.Value) Opt {
	return opt{func(cfg *cfg) {
		cfg.injectFS = &hostFS{host: host, bytes: js.Global().Get("Uint8Array"), write: host.Get("write"), read: host.Get("read")}
	}}
}

type hostFS struct {
	host, bytes, write, read js.Value
}

type hostFile struct {
	fs   *hostFS
	fd   int
	name string
	pos  int64 // of the next read
}

// hostError is the error in a result, nil if it is none. os.IsNotExist and the like know it.
func hostError(op, name string, result js.Value) error {
	if result.Type() != js.TypeString {
		return nil
	}
	text, failed := strings.CutPrefix(result.String(), "!")
	if !failed {
		return nil
	}
	code, message, _ := strings.Cut(text, " ")
	switch code {
	case "ENOENT":
		return &os.PathError{Op: op, Path: name, Err: syscall.ENOENT}
	case "EEXIST":
		return &os.PathError{Op: op, Path: name, Err: syscall.EEXIST}
	}
	return &os.PathError{Op: op, Path: name, Err: fmt.Errorf("%s", message)}
}

func (h *hostFS) call(op, name string, args ...any) (js.Value, error) {
	result := h.host.Call(op, append([]any{name}, args...)...)
	return result, hostError(op, name, result)
}

var openModes = map[int]string{
	os.O_RDONLY:                             "r",
	os.O_WRONLY:                             "r+",
	os.O_CREATE | os.O_TRUNC | os.O_WRONLY:  "w",
	os.O_CREATE | os.O_APPEND | os.O_WRONLY: "a",
	os.O_CREATE | os.O_APPEND | os.O_RDWR:   "a+",
}

func (h *hostFS) OpenFile(name string, flag int, _ os.FileMode) (file, error) {
	mode, ok := openModes[flag]
	if !ok {
		return nil, &os.PathError{Op: "open", Path: name, Err: syscall.EINVAL}
	}
	fd, err := h.call("open", name, mode)
	if err != nil {
		return nil, err
	}
	return &hostFile{fs: h, fd: fd.Int(), name: name}, nil
}

func (h *hostFS) Rename(from, to string) error {
	_, err := h.call("rename", from, to)
	return err
}

func (h *hostFS) Remove(name string) error {
	_, err := h.call("remove", name)
	return err
}

func (h *hostFS) RemoveAll(name string) error {
	_, err := h.call("removeAll", name)
	return err
}

func (h *hostFS) MkdirAll(name string, _ os.FileMode) error {
	_, err := h.call("makeAll", name)
	return err
}

func (h *hostFS) ReadFile(name string) ([]byte, error) {
	result, err := h.call("readFile", name)
	if err != nil {
		return nil, err
	}
	data := make([]byte, result.Length())
	js.CopyBytesToGo(data, result)
	return data, nil
}

// ReadDir gets one line per entry, directories with a slash at the end.
func (h *hostFS) ReadDir(name string) ([]os.DirEntry, error) {
	result, err := h.call("list", name)
	if err != nil {
		return nil, err
	}
	var entries []os.DirEntry
	for line := range strings.SplitSeq(result.String(), "\n") {
		if entry, isDir := strings.CutSuffix(line, "/"); entry != "" {
			entries = append(entries, memDirEntry{name: entry, isDir: isDir})
		}
	}
	return entries, nil
}

// Stat gets size and modification time (ms) with a blank between.
func (h *hostFS) Stat(name string) (os.FileInfo, error) {
	result, err := h.call("stat", name)
	if err != nil {
		return nil, err
	}
	size, modified, _ := strings.Cut(result.String(), " ")
	info := memFileInfo{name: name}
	info.size, _ = strconv.ParseInt(size, 10, 64)
	ms, _ := strconv.ParseInt(modified, 10, 64)
	info.modTime = time.UnixMilli(ms)
	return info, nil
}

func (f *hostFile) Write(p []byte) (int, error) {
	data := f.fs.bytes.New(len(p))
	js.CopyBytesToJS(data, p)
	if err := hostError("write", f.name, f.fs.write.Invoke(f.fd, data)); err != nil {
		return 0, err
	}
	return len(p), nil
}

func (f *hostFile) Read(p []byte) (int, error) {
	data := f.fs.read.Invoke(f.fd, f.pos, len(p))
	if err := hostError("read", f.name, data); err != nil {
		return 0, err
	}
	n := js.CopyBytesToGo(p, data)
	f.pos += int64(n)
	if n == 0 && len(p) > 0 {
		return 0, io.EOF
	}
	return n, nil
}

func (f *hostFile) Seek(offset int64, whence int) (int64, error) {
	if whence != io.SeekStart {
		return f.pos, syscall.EINVAL
	}
	f.pos = offset
	return offset, nil
}

func (f *hostFile) Truncate(size int64) error { return f.call("truncate", size) }
func (f *hostFile) Sync() error               { return f.call("sync") }
func (f *hostFile) Close() error              { return f.call("close") }

func (f *hostFile) call(op string, args ...any) error {
	return hostError(op, f.name, f.fs.host.Call(op, append([]any{f.fd}, args...)...))
}
