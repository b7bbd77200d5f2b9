// SPDX-License-Identifier: GPL-2.0
// host.hpp -- one end of one connection as its caller would run it: a listener, a half-open
// request, a connection or a TIME-WAIT record, their buffers, and a clock that only moves to
// the deadlines they ask for.
//
// Script operations take a time relative to the end of the handshake and give back what is
// wrong, or "". The macros turn that into an assertion at the line of the test. Nothing may
// leave that no SEES names, at exactly the time it names.
#pragma once

#include <algorithm>
#include <deque>
#include <exception>
#include <memory>
#include <set>
#include <utility>

#include "script.hpp"

#define OPEN(h, ...) REQUIRE((h).open(__VA_ARGS__) == "")
#define SEND_SYN(h, t) REQUIRE((h).send_syn(t) == "")
#define LISTEN(h, ...) REQUIRE((h).listen_on(__VA_ARGS__) == "")
#define WRITE(h, ...) REQUIRE((h).write(__VA_ARGS__) == "")
#define WRITE_URGENT(h, t, len) REQUIRE((h).write_urgent(t, len) == "")
#define READ(h, ...) REQUIRE((h).read(__VA_ARGS__) == "")
#define CLOSE(h, ...) REQUIRE((h).close(__VA_ARGS__) == "")
#define RELEASE(h, t) REQUIRE((h).release(t) == "")
#define ABORT(h, ...) REQUIRE((h).abort(__VA_ARGS__) == "")
#define PEER(h, t, line) REQUIRE((h).peer(t, line) == "")
#define SEES(h, t, ...) REQUIRE((h).sees(t, { __VA_ARGS__ }) == "")
#define QUIET(h, t) REQUIRE((h).sees(t, {}) == "")
#define STATE(h, s) REQUIRE((h).state_name() == hrtcp_state_name(HRTCP_##s))
#define EVENTS(h, mask) REQUIRE((h).events() == (mask))
#define CAUSES(h, ...) REQUIRE((h).causes() == std::vector<int>{ __VA_ARGS__ })
#define ERR(h, e) REQUIRE((h).conn.err == (e))
#define DROP(h, why) REQUIRE((h).drop == HRTCP_DROP_##why)

struct Setup {
	u16 mss = 1000;			// of both ends and of the path
	u32 gso = 0;			// octets of a super-segment, 0: one segment
	bool gso_ace = false;		// who cuts it keeps CWR
	u16 win = 65535;		// field of the peer's segments that do not name theirs
	u32 rcvbuf = 65535;
	u32 rcvbuf_max = 0;		// what it may grow to, 0: nothing more
	bool sack = false, ts = false;	// both ends
	bool tlp = false;		// probes without SACK, too; with it they are on
	bool hr = false;		// the hrTCP option, both ends
	int wscale = -1;		// the peer's, -1: no scaling
	u32 iss = 0xfffffe00, irs = 0xffffff00;	// near the wrap on purpose
	u64 rtt = MS(100);		// of the handshake: RTO = 100 + 4 * 50 + 40 ms
	bool compact_tw = false;	// TIME-WAIT becomes a struct hrtcp_tw
	void (*tune)(hrtcp_cfg &) = nullptr;
	hrtcp_fast_open fast{};		// of the client
};

constexpr u64 RTO = MS(340);

// What the core is given to fill in holds this, so that nothing it leaves out looks like zero.
constexpr int garbage = 0xa5;

template <typename T> T filled_with_garbage()
{
	T t;

	memset(static_cast<void *>(&t), garbage, sizeof(t));
	return t;
}

struct TxBuf : hrtcp_txnode {
	u32 begin = 0;			// sequence number of bytes[0]
	std::string bytes;
};

struct RxBuf : hrtcp_rxnode {
	std::string bytes;
};

struct Sent {
	u64 at_ns;
	hrtcp_seg seg;
	std::string bytes;
	u16 gso_size;
	u64 depart_ns;		// script time
};

class Host {
public:
	explicit Host(const Setup &setup = {}, u64 now_ns = SEC(1000));
	Host(const Host &) = delete;
	~Host();

	// Facts from the user, at script time @t; @rc is the return code expected.
	std::string open(u64 t, int rc = 0);
	std::string send_syn(u64 t);	// what open() with setup.fast held back
	std::string listen_on(u64 t, u32 backlog = 1);
	std::string write(u64 t, u32 len, int rc = 0, bool push = true);
	std::string write_urgent(u64 t, u32 len);
	std::string read(u64 t, u32 len);
	std::string close(u64 t, int rc = 0);
	std::string release(u64 t);
	std::string abort(u64 t, int err = ECONNRESET);

	// A segment of the peer; what must have left at @t, and nothing else since the last.
	std::string peer(u64 t, const std::string &line);
	std::string sees(u64 t, const std::vector<std::string> &lines);
	std::string run(u64 t);		// time passes, nothing may leave before @t

	// The same in absolute time, for a clock shared with another host.
	u64 now() const { return now_; }
	u64 script_time() const { return now_ - zero_; }
	u64 next_wake() const;
	void tick(u64 at_ns);
	void arrive(const hrtcp_seg &seg, const std::string &bytes);
	std::deque<Sent> take_sent();
	void settle();
	std::string fault() const { return fault_; }

	u8 state() const;
	std::string state_name() const { return hrtcp_state_name(state()); }
	int events();			// HRTCP_EV_* since the last call
	std::vector<int> causes();	// of the transitions since the last call
	u32 received() const { return received_; }
	u32 unread() const { return received_ - read_; }
	size_t buffers() const { return tx_.size() + rx_.size(); }
	u32 accept();			// takes what the accept queue holds
	void start_clock();		// now is time 0, nothing that was is still to be seen
	u32 last_tsval() const { return last_tsval_; }
	u32 peer_tsval() const { return 1000 + static_cast<u32>((now_ - born_) / MS(1)); }
	hrtcp_syncookie cookie_hash(u32 irs, u64 at_ns) const;
	Base base() const;		// of what we send
	Base peer_base() const;		// of what the peer sends

	const Setup setup;
	hrtcp_cfg cfg;
	hrtcp_conn conn{};
	hrtcp_drop drop = HRTCP_DROP_NONE;	// of the last segment that arrived
	hrtcp_metrics learned{};		// by connections before
	int fail_tx = 0;		// so many of the next transmissions fail
	bool can_join = true;		// buffers have room for what follows them
	std::unique_ptr<hrtcp_listen> listener;
	hrtcp_fastq fastq{};
	hrtcp_fast_macs macs{ 0x0123456789abcdef, 0xfedcba9876543210 };
	hrtcp_fast_verdict fast_verdict = HRTCP_FAST_NO;
	std::unique_ptr<hrtcp_req> req;
	std::unique_ptr<hrtcp_tw> tw;
	std::unique_ptr<hrtcp_tw> before;	// set aside for req

private:
	std::string after(int rc, int want);
	int append(u32 len, bool push);	// what hrtcp_conn_may_write() says
	void complain(const std::string &what);
	hrtcp_open open_args() const;
	void emit(const hrtcp_tx &tx);
	void emit_reply(const hrtcp_reply &reply);
	void put(const hrtcp_seg &seg, const std::string &bytes, u16 gso_size, u64 depart_ns = 0);
	void check_sent(const hrtcp_seg &seg, u16 gso_size);
	void split(const hrtcp_tx &tx);
	void join(const hrtcp_tx &tx);
	void deliver(const RxBuf &buf, u32 skip, u32 len);
	void free_rx(hrtcp_rxnode *node);
	void free_tx(hrtcp_txnode *node);
	void add_options(Line &line) const;
	std::string unseen() const;
	void collect();
	void bury();
	void note(const hrtcp_transition &tr);
	void to_conn(const hrtcp_seg &seg, const std::string &bytes);
	void to_req(const hrtcp_seg &seg, const std::string &bytes);
	bool to_tw(const hrtcp_seg &seg);
	void come_back();		// what was set aside, if its time is not over
	void end_before();		// the new incarnation is established
	void to_listener(const hrtcp_seg &seg, const std::string &bytes);
	void to_cookie(const hrtcp_seg &seg, const std::string &bytes);
	void to_fast(const hrtcp_seg &seg, const std::string &bytes, const hrtcp_open &args);
	void promote(const hrtcp_req &from, const hrtcp_open &args);

	u64 now_, born_, zero_, wake_ = HRTCP_NEVER;
	Base base_;			// initial numbers
	u32 iss_;			// of the incarnation to come
	bool alive_ = false;		// conn takes segments
	bool replaced_ = false;		// conn was replaced by a TIME-WAIT record
	u32 written_ = 0, received_ = 0, read_ = 0, last_tsval_ = 0;
	int events_ = 0;
	u8 last_state_ = HRTCP_CLOSED;
	std::string fault_;
	std::vector<int> causes_;
	std::deque<Sent> sent_;
	std::set<TxBuf *> tx_;
	std::set<RxBuf *> rx_;
};

// An established connection after a real three-way handshake; its time 0 is the end of it.
struct Client : Host {
	explicit Client(const Setup &setup = {});
};

struct Server : Host {
	explicit Server(const Setup &setup = {});
};

// A client led to @state by segments and calls, nothing of it left to see.
struct Reached : Host {
	explicit Reached(u8 state, const Setup &setup = {});
};
