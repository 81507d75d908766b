// SPDX-License-Identifier: Apache-2.0
#include "generator.hpp"

#include <utility>

#include "generate.hpp"
#include "memory_map.hpp"

namespace freebits::random {
namespace {

constexpr std::uint32_t kGoalsPerProgram = 220;
constexpr std::uint32_t kGoalsPerUserProgram = 500;  ///< starting qemu costs more than running it
constexpr std::uint32_t kLargestProgram = kCodeSize - 0x200 - 0x400;

void generate_goal(Builder& b, const Goal& goal) {
  switch (goal.kind) {
    case Goal::Kind::Hazard:
      return generate_hazard(b, goal);
    case Goal::Kind::Value:
      return generate_value(b, goal);
    case Goal::Kind::Immediate:
      return generate_immediate(b, goal);
    case Goal::Kind::Access:
      return generate_access(b, goal);
    case Goal::Kind::Branch:
      return generate_branch(b, goal);
    case Goal::Kind::Csr:
      return generate_csr(b, goal);
    case Goal::Kind::Compressed:
      return generate_compressed(b, goal);
    case Goal::Kind::AboveLevel:
      return generate_above_level(b, goal);
    case Goal::Kind::Trap:
      return generate_trap(b, goal);
    case Goal::Kind::Loop:
      return generate_loop(b, goal);
    case Goal::Kind::Requant:
      return generate_requant(b, goal);
    case Goal::Kind::Mixed:
      return generate_mixed(b, goal);
    case Goal::Kind::Stream:
      return generate_stream(b, goal);
    case Goal::Kind::System:
      return generate_system(b, goal);
  }
}

/// Random code between goals, to vary alignment and surroundings.
void generate_between(Builder& b) {
  const std::uint32_t dice = b.rng().below(100);
  if (dice < 12) {
    b.begin("simple");
    for (std::uint32_t i = 1 + b.rng().below(3); i > 0; --i) b.simple();
  } else if (dice < 16) {
    b.begin("access");
    plain_access(b, b.rng().chance(50) ? Unit::Load : Unit::Store);
  } else if (dice < 18) {
    generate_call(b);
  } else if (dice < 21 && !b.user()) {
    b.begin("interrupts");
    enable_interrupts(b);
  }
}

/// Machine-mode programs vary the environment; user-mode ones run on a bus without delays.
Environment random_environment(Rng& rng) {
  static constexpr double kStalls[] = {0, 0, 0.1, 0.3, 0.6};
  static constexpr unsigned kIntervals[] = {0, 0, 400, 100, 30};
  Environment environment;
  environment.stall_probability = rng.pick(kStalls);
  environment.stall_seed = rng.next();
  environment.interrupt_interval = rng.pick(kIntervals);
  environment.interrupt_seed = rng.next();
  return environment;
}

}  // namespace

Generator::Generator(isa::Level level, std::uint64_t seed, Kind kind)
    : level_(level),
      seed_(seed),
      kind_(kind),
      goals_(kind == Kind::User ? user_goals() : all_goals(level)) {
  Rng rng(seed);
  for (std::size_t i = goals_.size(); i > 1; --i) {
    std::swap(goals_[i - 1], goals_[rng.below(static_cast<std::uint32_t>(i))]);
  }
}

Program Generator::generate(std::uint32_t index) const {
  Program program;
  program.level = level_;
  program.seed = seed_;
  program.index = index;
  Rng rng(seed_ ^ (std::uint64_t{index} + 1) * 0x9e3779b97f4a7c15ULL);
  program.environment = random_environment(rng);
  Builder b(program, rng, kind_ == Kind::User);
  for (std::uint32_t& value : program.registers) value = b.random_value();
  program.data.resize(kDataSize / 4);
  for (std::uint32_t& word : program.data) word = rng.bits();

  prologue(b);
  const std::uint32_t goals = b.user() ? kGoalsPerUserProgram : kGoalsPerProgram;
  std::vector<std::uint32_t> order(goals);
  for (std::uint32_t i = 0; i < goals; ++i) {
    order[i] = i;
    std::swap(order[i], order[rng.below(i + 1)]);
  }
  const std::uint64_t first = std::uint64_t{index} * goals;
  std::uint32_t left_in_loop = 0;
  std::uint32_t loop_start = 0;
  for (const std::uint32_t i : order) {
    if (size_bound(program) > kLargestProgram) break;
    if (left_in_loop == 0 && rng.chance(4)) {
      loop_start = open_backward_loop(b);
      left_in_loop = 1 + rng.below(8);
    } else if (left_in_loop != 0 && --left_in_loop == 0) {
      close_backward_loop(b, loop_start);
    }
    generate_goal(b, goals_[(first + i) % goals_.size()]);
    generate_between(b);
  }
  if (left_in_loop != 0) close_backward_loop(b, loop_start);
  epilogue(b);
  return program;
}

}  // namespace freebits::random
