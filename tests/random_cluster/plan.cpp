// SPDX-License-Identifier: Apache-2.0
#include "plan.hpp"

#include <fmt/format.h>

#include "memory_map.hpp"
#include "rng.hpp"

namespace freebits::random_cluster {
namespace {

using random::Rng;

struct Weight {
  Kind kind;
  unsigned weight;
};
constexpr Weight kWeights[] = {{Kind::Phase, 4},     {Kind::Private, 10},  {Kind::Jumps, 3},
                               {Kind::Sharing, 14},  {Kind::Racing, 12},   {Kind::Lock, 8},
                               {Kind::Mutex, 6},     {Kind::Barrier, 10},  {Kind::Event, 6},
                               {Kind::Interrupt, 5}, {Kind::Timer, 2},     {Kind::Dma, 16},
                               {Kind::L3Dma, 3},     {Kind::Functions, 6}, {Kind::Patch, 3},
                               {Kind::Foreign, 2},   {Kind::Streams, 5}};

Kind pick_kind(Rng& rng, isa::Level level) {
  for (;;) {
    unsigned total = 0;
    for (const Weight& w : kWeights) total += w.weight;
    unsigned dice = rng.below(total);
    for (const Weight& w : kWeights) {
      if (dice >= w.weight) {
        dice -= w.weight;
      } else if (w.kind != Kind::Streams || level == isa::Level::FlexV) {
        return w.kind;
      } else {
        break;
      }
    }
  }
}

/// Mostly everybody: most things happen in a crowd.
std::uint32_t pick_cores(Rng& rng, unsigned cores) {
  const std::uint32_t all = (1U << cores) - 1;
  if (rng.chance(55)) return all;
  const std::uint32_t some = rng.bits() & all;
  return some != 0 ? some : 1U << rng.below(cores);
}

}  // namespace

Plan make_plan(isa::Level level, unsigned cores, std::uint64_t seed, std::uint32_t index) {
  Rng rng(seed ^ (std::uint64_t{index} + 1) * 0x9e3779b97f4a7c15ULL ^
          (std::uint64_t{cores} << 40) * (static_cast<unsigned>(level) + 1));
  Plan plan;
  plan.level = level;
  plan.cores = cores;
  plan.seed = seed;
  plan.index = index;
  static constexpr unsigned kL2Latencies[] = {6, 6, 1, 2, 15};
  static constexpr unsigned kL3Latencies[] = {100, 20, 60};
  plan.l2.latency = rng.pick(kL2Latencies);
  plan.l3.bytes = 1 << 20;
  plan.l3.latency = rng.pick(kL3Latencies);
  plan.l3.burst_bytes = rng.chance(50) ? 512 : 32;
  // Some programs are about few things only: those meet more often.
  const bool few = rng.chance(30);
  const std::array<Kind, 3> favourites = {pick_kind(rng, level), pick_kind(rng, level),
                                          pick_kind(rng, level)};
  const unsigned steps = static_cast<unsigned>(rng.between(8, cores > 4 ? 18 : 28));
  for (unsigned i = 0; i < steps; ++i) {
    const Kind kind = few && rng.chance(80) ? rng.pick(favourites) : pick_kind(rng, level);
    plan.steps.push_back({kind, rng.next(), pick_cores(rng, cores), i});
  }
  return plan;
}

tb::Target target_of(const Plan& plan) {
  tb::Target target;
  target.name = "random";
  target.level = plan.level;
  target.geometry.cores = plan.cores;
  target.geometry.banks = 2 * plan.cores;
  target.geometry.l1_bytes = kL1Bytes;
  target.l2 = plan.l2;
  target.l3 = plan.l3;
  return target;
}

std::string describe(const Plan& plan) {
  std::string text =
      fmt::format("{} cores, {}, L2 latency {}, L3 latency {} burst {}\n", plan.cores,
                  isa::name(plan.level), plan.l2.latency, plan.l3.latency, plan.l3.burst_bytes);
  for (const Step& step : plan.steps) {
    text += fmt::format("  slot {:2}  {:<10} cores {:04x}\n", step.slot,
                        kKindNames[static_cast<std::size_t>(step.kind)], step.cores);
  }
  return text;
}

}  // namespace freebits::random_cluster
