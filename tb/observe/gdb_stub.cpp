// SPDX-License-Identifier: Apache-2.0
#include "tb/observe/gdb_stub.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <vector>

#include "base/error.hpp"
#include "tb/observe/rsp_connection.hpp"
#include "tb/observe/rsp_text.hpp"

namespace freebits::tb {
namespace {

constexpr std::uint64_t kPollCycles = 4096;  ///< between looks at the socket while running
/// After gdb's wish to interrupt: for the next instruction of the core it looks at.
constexpr std::uint64_t kBoundaryCycles = 1000;
constexpr std::uint32_t kLargestRead = 2048;

struct Watch {
  char kind = '2';  ///< '2' write, '3' read, '4' either
  std::uint32_t address = 0, bytes = 0;
  friend bool operator==(const Watch&, const Watch&) = default;
};

struct Core {
  std::array<std::uint32_t, 32> x{};
  std::uint32_t pc = 0;
};

}  // namespace

struct GdbStub::State {
  State(Cluster& the_cluster, std::uint32_t entry, std::uint16_t port)
      : cluster(the_cluster), gdb(port), cores(the_cluster.cores()) {
    for (Core& core : cores) core.pc = entry;
  }

  Cluster& cluster;
  RspConnection gdb;
  std::vector<Core> cores;
  std::set<std::uint32_t> breakpoints;
  std::vector<Watch> watches;
  unsigned thread = 0;                        ///< index of the core gdb looks at
  std::optional<unsigned> stepping;           ///< core that is to retire one instruction
  std::optional<unsigned> alone;              ///< the only core whose stops gdb wants to hear of
  std::optional<std::uint64_t> interruption;  ///< gdb has wished to stop in this cycle
  std::function<void(std::string_view)> say;
  std::uint64_t now = 0;
  bool started = false;
  bool killed = false;

  void retire(Core& core, const isa::Retired& r);
  [[nodiscard]] const Watch* watched(const isa::Retired& r) const;
  std::optional<std::string> why_stopped(const CycleView& view);
  bool wait_for_gdb();
  void look_at_socket();
  void forget_gdb();
  void serve(std::string reason);
  bool command(std::string_view packet, std::string& reason);
  std::string query(std::string_view packet);
  std::string read_memory(std::string_view arguments) const;
  std::string write_memory(std::string_view arguments);
  std::string write_registers(std::string_view packet);
  std::string breakpoint(std::string_view packet);
  bool resume(std::string_view actions);
};

GdbStub::GdbStub(Cluster& cluster, std::uint32_t entry, std::uint16_t port)
    : state_(std::make_unique<State>(cluster, entry, port)) {}
GdbStub::~GdbStub() = default;

std::uint16_t GdbStub::port() const { return state_->gdb.port(); }
void GdbStub::interrupt_with(const std::atomic<bool>* interrupted) {
  state_->gdb.interrupt_with(interrupted);
}
void GdbStub::say_with(std::function<void(std::string_view)> say) { state_->say = std::move(say); }
bool GdbStub::killed() const { return state_->killed && !state_->gdb.interrupted(); }

void GdbStub::exited(std::uint32_t exit_code) {
  if (!state_->killed) state_->gdb.send(fmt::format("W{:02x}", exit_code & 0xff));
}

void GdbStub::failed(std::string_view message) {
  if (state_->killed) return;
  state_->gdb.send(
      fmt::format("O{}", to_hex(fmt::format("{}\n", message.substr(0, kLargestRead)))));
  state_->gdb.send("X06");
}

void GdbStub::State::retire(Core& core, const isa::Retired& r) {
  if (r.rd != 0) core.x[r.rd] = r.rd_value;
  if (r.rd2 != 0) core.x[r.rd2] = r.rd2_value;
  core.pc = r.next_pc;
}

const Watch* GdbStub::State::watched(const isa::Retired& r) const {
  if (r.mem_rmask == 0 && r.mem_wmask == 0) return nullptr;
  for (const Watch& watch : watches) {
    const unsigned mask =
        (watch.kind != '3' ? r.mem_wmask : 0U) | (watch.kind != '2' ? r.mem_rmask : 0U);
    for (unsigned i = 0; i < 4; ++i) {
      if ((mask >> i & 1) != 0 && r.mem_addr + i - watch.address < watch.bytes) return &watch;
    }
  }
  return nullptr;
}

/// Follows the registers of all cores; the stop reply when one has reached something.
std::optional<std::string> GdbStub::State::why_stopped(const CycleView& view) {
  std::optional<std::string> reason;
  for (unsigned i = 0; i < cores.size(); ++i) {
    const isa::Retired* r = view.retired[i];
    if (r == nullptr) continue;
    retire(cores[i], *r);
    if (alone && *alone != i) continue;
    if (const Watch* watch = watched(*r); watch != nullptr && !reason) {
      const char* kind = watch->kind == '2' ? "watch" : watch->kind == '3' ? "rwatch" : "awatch";
      thread = i;
      reason = fmt::format("T05{}:{:x};thread:{:x};", kind, watch->address, i + 1);
    } else if (!reason && breakpoints.contains(r->next_pc)) {
      thread = i;
      reason = fmt::format("T05swbreak:;thread:{:x};", i + 1);
    } else if (!reason && stepping == i) {
      thread = i;
      reason = fmt::format("T05thread:{:x};", i + 1);
    }
  }
  return reason;
}

bool GdbStub::cycle(const CycleView& view) {
  State& s = *state_;
  if (s.killed) return false;
  s.now = view.cycle;
  if (!s.started) {
    s.started = true;
    if (!s.wait_for_gdb()) return false;
    s.serve("T05thread:1;");
  }
  std::optional<std::string> reason = s.why_stopped(view);
  if (!reason && view.cycle % kPollCycles == 0) s.look_at_socket();
  if (!reason && s.interruption &&
      (view.retired[s.thread] != nullptr || view.cycle - *s.interruption > kBoundaryCycles)) {
    reason = fmt::format("T02thread:{:x};", s.thread + 1);
  }
  if (reason) {
    s.gdb.send(*reason);
    s.serve(*reason);
  }
  return !s.killed;
}

bool GdbStub::State::wait_for_gdb() {
  if (!gdb.accept()) killed = true;
  return !killed;
}

/// While the cores run: gdb may wish to stop them, may have gone, or a new one may have come.
void GdbStub::State::look_at_socket() {
  if (gdb.connected()) {
    if (gdb.interruption_requested()) interruption = now;
    if (!gdb.connected()) forget_gdb();
  } else if (gdb.accept_waiting()) {
    serve(fmt::format("T05thread:{:x};", thread + 1));
  }
}

/// The next one brings its own wishes.
void GdbStub::State::forget_gdb() {
  breakpoints.clear();
  watches.clear();
  stepping.reset();
  alone.reset();
  interruption.reset();
}

/// Answers gdb until it lets the cores run on. One that goes without a word leaves them standing
/// for the next one.
void GdbStub::State::serve(std::string reason) {
  stepping.reset();
  alone.reset();
  interruption.reset();
  while (true) {
    const std::optional<std::string> packet = gdb.receive();
    if (packet && command(*packet, reason)) return;
    if (packet) continue;
    if (gdb.interrupted()) killed = true;
    if (killed) return;
    forget_gdb();
    if (say) say(fmt::format("gdb has gone; the cores wait for it at port {}", gdb.port()));
    if (!wait_for_gdb()) return;
  }
}

/// Executes one packet; true when the cores go on.
bool GdbStub::State::command(std::string_view packet, std::string& reason) {
  std::string_view rest = packet.substr(packet.empty() ? 0 : 1);
  switch (packet.empty() ? '\0' : packet[0]) {
    case '?':
      gdb.send(reason);
      return false;
    case 'g': {
      std::string all;
      for (const std::uint32_t value : cores[thread].x) all += register_text(value);
      gdb.send(all + register_text(cores[thread].pc));
      return false;
    }
    case 'p': {
      const auto number = take_number(rest);
      gdb.send(!number || *number > 32 ? "E01"
               : *number == 32         ? register_text(cores[thread].pc)
                                       : register_text(cores[thread].x[*number]));
      return false;
    }
    case 'm':
      gdb.send(read_memory(rest));
      return false;
    case 'M':
      gdb.send(write_memory(rest));
      return false;
    case 'G':
    case 'P':
      gdb.send(write_registers(packet));
      return false;
    case 'H': {
      rest.remove_prefix(std::min<std::size_t>(1, rest.size()));
      const auto id = rest.starts_with('-') ? std::nullopt : take_number(rest);
      if (id && *id >= 1 && *id <= cores.size()) thread = *id - 1;
      gdb.send("OK");
      return false;
    }
    case 'T': {
      const auto id = take_number(rest);
      gdb.send(id && *id >= 1 && *id <= cores.size() ? "OK" : "E01");
      return false;
    }
    case 'Z':
    case 'z':
      gdb.send(breakpoint(packet));
      return false;
    case 'c':
      return true;
    case 's':
      stepping = thread;
      return true;
    case 'v':
      if (packet == "vCont?") {
        gdb.send("vCont;c;C;s;S");
      } else if (take(packet, "vCont;")) {
        return resume(packet);
      } else if (packet.starts_with("vKill")) {
        gdb.send("OK");
        killed = true;
        return true;
      } else {
        gdb.send("");
      }
      return false;
    case 'k':
      killed = true;
      return true;
    case 'D':
      gdb.send("OK");
      gdb.close();
      forget_gdb();
      return true;
    case 'q':
    case 'Q':
      gdb.send(query(packet));
      if (packet == "QStartNoAckMode") gdb.acknowledge_no_more();
      return false;
    default:
      gdb.send("");
      return false;
  }
}

/// The first action decides whether to step. The cores share a clock, so all of them run on either
/// way; but when gdb resumes a single thread, to get it past a breakpoint, it must not hear of
/// others.
bool GdbStub::State::resume(std::string_view actions) {
  const std::string_view first = actions.substr(0, actions.find(';'));
  const bool all = first.size() != actions.size() || first.find(':') == std::string_view::npos;
  std::string_view id = first.substr(std::min(first.size(), first.find(':')));
  const bool named = take(id, ":");
  const auto number = named ? take_number(id) : std::nullopt;
  const unsigned core = number && *number >= 1 && *number <= cores.size() ? *number - 1 : thread;
  if (first.starts_with('s') || first.starts_with('S')) stepping = core;
  if (!all && number) alone = core;
  return true;
}

std::string GdbStub::State::query(std::string_view packet) {
  if (packet.starts_with("qSupported")) {
    return fmt::format(
        "PacketSize={:x};QStartNoAckMode+;qXfer:features:read+;swbreak+;hwbreak+;vContSupported+",
        RspConnection::kPacketSize);
  }
  if (packet == "QStartNoAckMode") return "OK";
  if (packet == "qAttached") return "1";
  if (packet == "qC") return fmt::format("QC{:x}", thread + 1);
  if (packet == "qfThreadInfo") {
    std::string ids = "m";
    for (std::size_t i = 0; i < cores.size(); ++i)
      ids += fmt::format("{}{:x}", i != 0 ? "," : "", i + 1);
    return ids;
  }
  if (packet == "qsThreadInfo") return "l";
  if (take(packet, "qThreadExtraInfo,")) {
    const auto id = take_number(packet);
    if (!id || *id < 1 || *id > cores.size()) return "E01";
    return to_hex(fmt::format("core {}: {}", *id - 1, cluster.waiting(*id - 1)));
  }
  if (take(packet, "qXfer:features:read:target.xml:")) {
    const auto offset = take_number(packet);
    const bool comma = take(packet, ",");
    const auto length = take_number(packet);
    if (!offset || !comma || !length) return "E01";
    const std::string text = target_description();
    if (*offset >= text.size()) return "l";
    const std::string part = text.substr(*offset, *length);
    return (*offset + part.size() < text.size() ? "m" : "l") + part;
  }
  if (take(packet, "qRcmd,")) {
    const auto line = from_hex(packet);
    if (line == "cycles") return to_hex(fmt::format("cycle {}\n", now));
    std::string text = "monitor commands: cycles, cores\n";
    if (line == "cores") {
      text.clear();
      for (unsigned i = 0; i < cores.size(); ++i) {
        text += fmt::format("core {}: pc {:#010x}, {} instructions, {}\n", i, cores[i].pc,
                            cluster.core(i).instructions, cluster.waiting(i));
      }
    }
    return to_hex(text);
  }
  return "";
}

std::string GdbStub::State::read_memory(std::string_view arguments) const {
  const auto address = take_number(arguments);
  const bool comma = take(arguments, ",");
  const auto bytes = take_number(arguments);
  if (!address || !comma || !bytes) return "E01";
  std::vector<std::uint8_t> data(std::min(*bytes, kLargestRead));
  if (!cluster.read(*address, data)) return "E14";
  return to_hex({reinterpret_cast<const char*>(data.data()), data.size()});
}

std::string GdbStub::State::write_memory(std::string_view arguments) {
  const auto address = take_number(arguments);
  const bool comma = take(arguments, ",");
  const auto bytes = take_number(arguments);
  const bool colon = take(arguments, ":");
  const auto data = from_hex(arguments);
  if (!address || !comma || !bytes || !colon || !data || data->size() != *bytes) return "E01";
  const std::vector<std::uint8_t> raw(data->begin(), data->end());
  return cluster.write(*address, raw) ? "OK" : "E14";
}

/// G: all of them; P: one.
std::string GdbStub::State::write_registers(std::string_view packet) {
  Core changed = cores[thread];
  std::string_view rest = packet.substr(1);
  std::uint32_t first = 0;
  std::uint32_t last = 32;
  if (packet[0] == 'P') {
    const auto number = take_number(rest);
    if (!number || *number > 32 || !take(rest, "=")) return "E01";
    first = last = *number;
  }
  for (std::uint32_t i = first; i <= last; ++i) {
    const auto value = take_register(rest);
    if (!value) return "E01";
    (i == 32 ? changed.pc : changed.x[i]) = *value;
  }
  changed.x[0] = 0;
  changed.pc &= ~1U;
  if (!cluster.set_registers(thread, changed.x, changed.pc)) {
    return "E.the core is in the middle of an instruction; stepi first";
  }
  cores[thread] = changed;
  return "OK";
}

std::string GdbStub::State::breakpoint(std::string_view packet) {
  const bool insert = packet[0] == 'Z';
  const char kind = packet.size() > 1 ? packet[1] : '\0';
  std::string_view rest = packet.substr(std::min<std::size_t>(2, packet.size()));
  const bool first = take(rest, ",");
  const auto address = take_number(rest);
  const bool second = take(rest, ",");
  const auto bytes = take_number(rest);
  if (!first || !address || !second || !bytes) return "E01";
  switch (kind) {
    case '0':
    case '1':
      if (insert) {
        breakpoints.insert(*address);
      } else {
        breakpoints.erase(*address);
      }
      return "OK";
    case '2':
    case '3':
    case '4': {
      const Watch watch{kind, *address, *bytes};
      std::erase(watches, watch);
      if (insert) watches.push_back(watch);
      return "OK";
    }
    default:
      return "";
  }
}

}  // namespace freebits::tb
