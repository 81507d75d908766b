// SPDX-License-Identifier: Apache-2.0
// Barriers, events, interrupts, timer.
#include "weave.hpp"

namespace freebits::random_cluster {
namespace {

constexpr std::int32_t kMstatus = 0x300;
constexpr std::int32_t kMieBit = 8;

/// Something to do before the step's point, of a different length for each core.
void be_late(CoreCode& code) {
  const std::uint32_t dice = code.rng().below(4);
  if (dice == 0) return;
  if (dice == 1) {
    const CoreCode::Loop loop = code.open_loop(1 + code.rng().below(40));
    code.clutter();
    code.close_loop(loop);
  } else {
    disturb(code, 1 + code.rng().below(8));
  }
}

}  // namespace

void weave_phase(Weave& w, const Step& step) {
  Rng rng(step.seed);
  w.each(w.all(), [&](CoreCode& code) { code.start("phase", step.seed); });
  w.settle_interrupts();
  w.barrier(0);
  CoreCode& first = *w.cores.front();
  const std::uint8_t team = first.take();
  for (unsigned i = 1; i < n::NumBarriers; ++i) {
    w.teams[i] = rng.bits() & w.all();
    if (w.teams[i] == 0) w.teams[i] = 1U << rng.below(w.plan.cores);
    first.li(team, w.teams[i]);
    first.store_word(team, kEventUnit, n::EuBarrier + 16 * i + n::EuBarrierTeam);
  }
  first.release({team});
  w.barrier(0);
  w.events_used.fill(0);
  w.timer_used = false;
}

void weave_barrier(Weave& w, const Step& step) {
  Rng rng(step.seed);
  const unsigned index = rng.below(n::NumBarriers);
  const std::uint32_t at = n::EuBarrier + 16 * index;
  const bool some_go = rng.chance(40);
  const unsigned rounds = rng.chance(50) ? 1 : 2 + rng.below(4);
  w.each(w.teams[index], [&](CoreCode& code) {
    code.start("barrier", step.seed);
    const CoreCode::Loop loop = code.open_loop(rounds);
    be_late(code);
    const std::uint8_t value = code.take();
    if (code.rng().chance(15)) code.load_word(value, kEventUnit, at + n::EuBarrierState);
    if (some_go && code.rng().chance(50)) {
      code.store_word(0, kEventUnit, at + n::EuBarrierGo);
      if (code.rng().chance(70)) disturb(code, code.rng().below(6));
      code.wait_event(n::EventBarrier + index);
    } else {
      code.wait(value, at + n::EuBarrierWait);
    }
    code.close_loop(loop);
  });
}

/// Up to four events at once from different cores, each waited for by itself: they come while
/// others are being cleared.
void weave_event(Weave& w, const Step& step) {
  Rng rng(step.seed);
  std::array<std::vector<unsigned>, kMaxCores> awaited;
  if (rng.chance(60)) w.together(w.all());
  for (unsigned i = 1 + rng.below(4); i > 0; --i) {
    const unsigned event = rng.below(kInterruptEvent);
    const unsigned sender = pick_core(rng, w.all());
    std::uint32_t receivers = 0;
    for (unsigned core = 0; core < w.plan.cores; ++core) {
      if ((step.cores >> core & 1) == 0 || (w.events_used[core] >> event & 1) != 0) continue;
      receivers |= 1U << core;
      w.events_used[core] |= 1U << event;
      awaited[core].push_back(event);
    }
    if (receivers == 0) continue;
    w.each(1U << sender, [&](CoreCode& code) {
      code.start("event", ~step.seed + i);
      if (i % 2 == 1) be_late(code);
      const std::uint8_t mask = code.take();
      code.li(mask, receivers);
      code.store_word(mask, kEventUnit, n::EuTrigger + 4 * event);
    });
  }
  w.each(step.cores, [&](CoreCode& code) {
    code.start("wait for events", step.seed);
    if (code.rng().chance(30)) be_late(code);
    for (const unsigned event : awaited[code.core()]) code.wait_event(event);
  });
}

void weave_interrupt(Weave& w, const Step& step) {
  Rng rng(step.seed);
  const unsigned sender = pick_core(rng, w.all());
  std::uint32_t receivers = 0;
  for (unsigned i = 0; i < w.plan.cores; ++i) {
    if ((step.cores >> i & 1) == 0 || (w.events_used[i] >> kInterruptEvent & 1) != 0) continue;
    receivers |= 1U << i;
    w.events_used[i] |= 1U << kInterruptEvent;
    ++w.interrupts[i];
  }
  if (receivers == 0) return;
  w.each(1U << sender, [&](CoreCode& code) {
    code.start("interrupt", ~step.seed);
    be_late(code);
    const std::uint8_t mask = code.take();
    code.li(mask, receivers);
    code.store_word(mask, kEventUnit, n::EuTrigger + 4 * kInterruptEvent);
  });
  w.each(receivers, [&](CoreCode& code) {
    code.start("wait for interrupt", step.seed);
    if (code.rng().chance(50)) code.private_work(10);
    if (code.rng().chance(50)) be_late(code);
    const std::uint8_t expected = code.take();
    code.li(expected, w.interrupts[code.core()]);
    const std::uint32_t again = code.label("again");
    const bool sleeps = code.rng().chance(60);
    // An interrupt between the look and wfi would be slept over, unless it stays pending.
    if (sleeps) code.op("csrrci", {.imm = kMstatus, .imm2 = kMieBit});
    const std::uint32_t done = code.next_label() + 2 * random::kIdStep;
    code.to(done, "bge", {.rs1 = kInterrupts, .rs2 = expected});
    (void)code.label("not yet");
    if (sleeps) {
      code.op("wfi");
      code.op("csrrsi", {.imm = kMstatus, .imm2 = kMieBit});
    }
    (void)code.label("back");
    code.to(again, "jal");
    (void)code.label("done");
    code.op("csrrsi", {.imm = kMstatus, .imm2 = kMieBit});
  });
}

void weave_timer(Weave& w, const Step& step) {
  if (w.timer_used) return weave_private(w, step);
  w.timer_used = true;
  Rng rng(step.seed);
  w.each(1U << pick_core(rng, w.all()), [&](CoreCode& code) {
    code.start("timer", ~step.seed);
    const std::uint8_t base = code.take();
    const std::uint8_t value = code.take();
    code.li(base, n::TimerBase);
    code.store_word(0, base, n::TimerCount);
    code.li(value, 1 + code.rng().below(300));
    code.store_word(value, base, n::TimerCompare);
    code.li(value, step.cores);
    code.store_word(value, base, n::TimerTargets);
    code.li(value, 1);
    code.store_word(value, base, n::TimerControl);
  });
  w.each(step.cores, [&](CoreCode& code) {
    code.start("wait for timer", step.seed);
    if (code.rng().chance(50)) disturb(code, 6);
    code.wait_event(n::EventTimer);
  });
}

}  // namespace freebits::random_cluster
