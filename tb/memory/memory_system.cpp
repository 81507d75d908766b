// SPDX-License-Identifier: Apache-2.0
#include "tb/memory/memory_system.hpp"

#include <algorithm>
#include <mutex>
#include <utility>
#include <vector>

#include "tb/cluster_numbers.hpp"
#include "tb/memory/answer_queue.hpp"
#include "tb/memory/l2_memory.hpp"
#include "tb/memory/l3_dma.hpp"
#include "tb/memory/l3_memory.hpp"
#include "tb/memory/port_payload.hpp"
#include "tb/memory/saved_state.hpp"
#include "tb/memory/tlm_router.hpp"

namespace freebits::tb {
namespace {

namespace n = cluster_numbers;

/// Delays of the models count cycles: one is the unit of time, whatever that is. SystemC makes its
/// context when it is first asked for a time, which two threads must not do at once.
sc_core::sc_time cycle_period() {
  static std::mutex mutex;
  const std::scoped_lock lock(mutex);
  return sc_core::sc_time::from_value(1);
}

}  // namespace

struct MemorySystem::State {
  explicit State(const Target& target)
      : period(cycle_period()),
        l2(clock, period, n::L2Base, target.l2),
        l3(clock, period, n::L3Base, target.l3),
        dma(clock, period, target.l2.latency, l2, l3) {
    router.add(n::L2Base, target.l2.bytes, l2);
    router.add(n::L3Base, target.l3.bytes, l3);
    router.add(n::OutsideIoBase, n::OutsideIoBytes, dma);
  }

  /// A request no target takes yet, or an answer that an earlier one of its id has to precede.
  struct Waiting {
    OutsideRequest request;
    std::uint64_t due = 0;  ///< of the answer; 0: not yet asked
    std::uint64_t data = 0;
  };

  /// The request in `port` is ready to be served; when its answer is due.
  std::uint64_t serve(TlmTarget* target);
  void serve_waiting();
  void answer(const OutsideRequest& request, std::uint64_t due, std::uint64_t data);
  [[gnu::noinline]] void answer_in_turn(const Waiting& answer);
  [[gnu::noinline]] void transport(const OutsideRequest& request);
  [[gnu::noinline]] std::uint8_t advance_dma();
  [[gnu::noinline]] void note_store(const OutsideRequest& request);
  void state(auto& s) {
    s(clock.cycle, waiting, stored);
    l2.state(s);
    l3.state(s);
    dma.state(s);
    answers.state(s);
  }
  [[nodiscard]] std::uint64_t next() const {
    return std::min(dma.due(), std::max(answers.due(), clock.cycle + 1));
  }

  Clock clock;
  sc_core::sc_time period;
  L2Memory l2;
  L3Memory l3;
  L3Dma dma;
  TlmRouter router;
  PortPayload port;
  AnswerQueue answers;
  std::vector<Waiting> waiting;
  std::vector<std::uint32_t> watched;
  std::optional<std::uint32_t> stored;
};

MemorySystem::MemorySystem(const Target& target) : state_(std::make_unique<State>(target)) {}
MemorySystem::~MemorySystem() = default;

void MemorySystem::reset() {
  State& s = *state_;
  s.clock.cycle = 0;
  s.l2.reset();
  s.l3.reset();
  s.dma.reset();
  s.answers.clear();
  s.waiting.clear();
  s.stored.reset();
  due_ = kNever;
}

std::uint64_t MemorySystem::State::serve(TlmTarget* target) {
  sc_core::sc_time delay;
  if (target != nullptr) target->b_transport(port.payload(), delay);
  return clock.cycle + std::max<std::uint64_t>(delay.value() / period.value(), 1);
}

/// In the order of the requests, those of one id strictly.
void MemorySystem::State::serve_waiting() {
  std::uint32_t blocked = 0;  // ids
  std::erase_if(waiting, [&](Waiting& w) {
    const std::uint32_t id = std::uint32_t{1} << (w.request.id & 31);
    if ((blocked & id) == 0) {
      if (w.due == 0) {
        port.set(w.request);
        TlmTarget* target = router.find(w.request.address);
        if (target->ready(port.payload())) {
          w.due = serve(target);
          w.data = port.data();
        }
      }
      if (w.due != 0) {
        answers.push(w.request.id, w.due, w.data);
        return true;
      }
    }
    blocked |= id;
    return false;
  });
}

void MemorySystem::State::note_store(const OutsideRequest& request) {
  for (const std::uint32_t block : watched) {
    if (request.address == block) stored = block + ((request.byte_enable & 0x0f) == 0 ? 4 : 0);
  }
}

void MemorySystem::State::answer(const OutsideRequest& request, std::uint64_t due,
                                 std::uint64_t data) {
  if (waiting.empty()) {
    answers.push(request.id, due, data);
  } else {
    answer_in_turn({request, due, data});
  }
}

void MemorySystem::State::answer_in_turn(const Waiting& answer) {
  const auto same = [&](const Waiting& w) { return w.request.id == answer.request.id; };
  if (std::ranges::any_of(waiting, same)) {
    waiting.push_back(answer);
  } else {
    answers.push(answer.request.id, answer.due, answer.data);
  }
}

/// Not to L2.
void MemorySystem::State::transport(const OutsideRequest& request) {
  port.set(request);
  TlmTarget* target = router.find(request.address);
  if (target != nullptr && !target->ready(port.payload())) {
    waiting.push_back({.request = request});
  } else {
    const std::uint64_t due = serve(target);
    answer(request, due, port.data());
  }
}

void MemorySystem::request(const OutsideRequest& request, std::uint64_t now) {
  State& s = *state_;
  s.clock.cycle = now;
  if (request.write && !s.watched.empty()) s.note_store(request);
  if (s.l2.contains(request.address, 8)) {
    s.answer(request, s.l2.slot(now) + s.l2.latency(), s.l2.exchange(request));
  } else {
    s.transport(request);
  }
  due_ = s.next();
}

/// The L3 DMA's events of this cycle. What the L3 channel or the queue made wait goes before its
/// next burst.
std::uint8_t MemorySystem::State::advance_dma() {
  std::uint8_t events = 0;
  while (dma.due() <= clock.cycle) {
    if (dma.advance(clock.cycle)) events = 1;
    if (!waiting.empty()) serve_waiting();
  }
  return events;
}

OutsideDelivery MemorySystem::deliver(std::uint64_t now) {
  State& s = *state_;
  s.clock.cycle = now;
  OutsideDelivery delivery;
  if (s.dma.due() <= now) delivery.events = s.advance_dma();
  if (s.answers.due() <= now) {
    const AnswerQueue::Answer& answer = s.answers.pop();
    delivery = {true, answer.id, answer.data, delivery.events};
  }
  due_ = s.next();
  return delivery;
}

void MemorySystem::save(StateWriter& to) const {
  state_->state(to);
  to(due_);
}

void MemorySystem::restore(StateReader& from) {
  state_->state(from);
  from(due_);
}

bool MemorySystem::read(std::uint32_t address, std::span<std::uint8_t> bytes) const {
  for (const TlmMemory* memory :
       std::initializer_list<const TlmMemory*>{&state_->l2, &state_->l3}) {
    if (!memory->contains(address, bytes.size())) continue;
    std::copy_n(memory->at(address), bytes.size(), bytes.begin());
    return true;
  }
  return false;
}

bool MemorySystem::write(std::uint32_t address, std::span<const std::uint8_t> bytes) {
  for (TlmMemory* memory : std::initializer_list<TlmMemory*>{&state_->l2, &state_->l3}) {
    if (!memory->contains(address, bytes.size())) continue;
    std::ranges::copy(bytes, memory->at(address));
    return true;
  }
  return false;
}

void MemorySystem::watch(std::uint32_t address) { state_->watched.push_back(address & ~7U); }

std::optional<std::uint32_t> MemorySystem::take_stored() {
  return std::exchange(state_->stored, std::nullopt);
}

bool MemorySystem::idle() const {
  return state_->answers.empty() && state_->waiting.empty() && state_->dma.queued() == 0;
}

MemoryStatistics MemorySystem::statistics() const {
  const State& s = *state_;
  return {s.l2.accesses(), s.l3.bytes_moved(), s.l3.busy_cycles(), s.dma.bytes_moved(),
          static_cast<std::uint32_t>(s.dma.queued())};
}

}  // namespace freebits::tb
