package ogs

import "sync"

// A mailbox carries values from senders that must not wait to one receiver
// that may be slow. Its goroutine ends with shut.
type mailbox[T any] struct {
	out     chan T
	mu      sync.Mutex
	waiting []T
	wake    chan struct{} // holds one token while waiting may be non-empty
	quit    chan struct{}
	once    sync.Once
	done    chan struct{}
	// squeeze, if set, shortens a queue that has grown beyond limit.
	limit   int
	squeeze func([]T) []T
}

func newMailbox[T any](limit int, squeeze func([]T) []T) *mailbox[T] {
	m := &mailbox[T]{out: make(chan T), wake: make(chan struct{}, 1), quit: make(chan struct{}),
		done: make(chan struct{}), limit: limit, squeeze: squeeze}
	go m.pump()
	return m
}

func (m *mailbox[T]) put(v T) {
	m.mu.Lock()
	m.waiting = append(m.waiting, v)
	if m.squeeze != nil && len(m.waiting) > m.limit {
		m.waiting = m.squeeze(m.waiting)
	}
	m.mu.Unlock()
	select {
	case m.wake <- struct{}{}:
	default:
	}
}

// shut ends the mailbox: what has been put before is delivered while the
// receiver takes it without delay, then out is closed.
func (m *mailbox[T]) shut() {
	m.once.Do(func() { close(m.quit) })
	<-m.done
}

func (m *mailbox[T]) pump() {
	defer close(m.done)
	defer close(m.out)
	for {
		m.mu.Lock()
		batch := m.waiting
		m.waiting = nil
		m.mu.Unlock()
		for _, v := range batch {
			select {
			case m.out <- v:
			case <-m.quit:
				select {
				case m.out <- v:
				default:
					return
				}
			}
		}
		if len(batch) > 0 {
			continue
		}
		select {
		case <-m.wake:
		case <-m.quit:
			m.mu.Lock()
			left := len(m.waiting)
			m.mu.Unlock()
			if left == 0 {
				return
			}
		}
	}
}
