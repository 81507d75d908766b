// SPDX-License-Identifier: Apache-2.0
// Mutual exclusion, judged by what it is for: no count is lost.
#include "weave.hpp"

namespace freebits::random_cluster {
namespace {

/// Four locks of a byte in one word, two of a halfword, two of a word.
Owned lock_place(unsigned lock) {
  if (lock < 4) return {lock, 1};
  if (lock < 6) return {4 + 2 * (lock - 4), 2};
  return {8 + 4 * (lock - 6), 4};
}

/// counter += 1, with something in between for others to get into.
void count(CoreCode& code, std::uint32_t counter) {
  const std::uint8_t base = code.take();
  const std::uint8_t value = code.take();
  code.li(base, counter);
  code.load_word(value, base, 0);
  for (std::uint32_t i = code.rng().below(4); i > 0; --i) code.clutter();
  code.op("addi", {.rd = value, .rs1 = value, .imm = 1});
  code.store_word(value, base, 0);
  code.release({base, value});
}

}  // namespace

void weave_lock(Weave& w, const Step& step) {
  Rng rng(step.seed);
  const unsigned lock = rng.below(kNumLocks);
  const Owned place = lock_place(lock);
  static constexpr std::string_view kLoads[] = {"", "lb", "lhu", "", "lw"};
  static constexpr std::string_view kStores[] = {"", "sb", "sh", "", "sw"};
  if (rng.chance(70)) w.together(step.cores);
  w.each(step.cores, [&](CoreCode& code) {
    code.start("lock", step.seed);
    const std::uint8_t base = code.take();
    const std::uint8_t taken = code.take();
    const unsigned rounds = 1 + code.rng().below(5);
    w.locked[lock] += rounds;
    const CoreCode::Loop loop = code.open_loop(rounds);
    code.li(base, kLocks - n::L1Base + n::L1TasBase + place.offset);
    const std::uint32_t again = code.label("acquire");
    code.op(kLoads[place.bytes], {.rd = taken, .rs1 = base});
    if (code.rng().chance(30)) code.clutter();
    code.to(again, "bne", {.rs1 = taken});
    count(code, kCounters + 4 * lock);
    if (code.rng().chance(50)) code.li(base, kLocks + place.offset);  // or through the alias
    code.op(kStores[place.bytes], {.rs1 = base});
    if (code.rng().chance(50)) code.clutter();
    code.close_loop(loop);
  });
  w.memories.expect_word(kCounters + 4 * lock, w.locked[lock]);
}

void weave_mutex(Weave& w, const Step& step) {
  Rng rng(step.seed);
  const unsigned mutex = rng.below(n::NumMutexes);
  if (rng.chance(50)) w.together(step.cores);
  w.each(step.cores, [&](CoreCode& code) {
    code.start("mutex", step.seed);
    const std::uint8_t message = code.take();
    const unsigned rounds = 1 + code.rng().below(5);
    w.mutexed[mutex] += rounds;
    const CoreCode::Loop loop = code.open_loop(rounds);
    code.wait(message, n::EuMutex + 8 * mutex + n::EuMutexLock);
    count(code, kMutexCounters + 4 * mutex);
    if (code.rng().chance(30)) disturb(code, 3);
    code.op("addi", {.rd = message, .rs1 = message, .imm = 1});  // the message counts too
    code.store_word(message, kEventUnit, n::EuMutex + 8 * mutex + n::EuMutexUnlock);
    code.close_loop(loop);
  });
  w.memories.expect_word(kMutexCounters + 4 * mutex, w.mutexed[mutex]);
}

}  // namespace freebits::random_cluster
