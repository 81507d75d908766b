// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

#include "../core/assembler.hpp"
#include "tb/cluster/cluster.hpp"
#include "tb/cluster_numbers.hpp"

namespace freebits::test {

namespace n = tb::cluster_numbers;

// Registers of the programs below.
inline constexpr std::uint8_t kHart = 5, kL1 = 6, kEu = 7, kA = 10, kB = 11, kC = 12, kD = 13;
inline constexpr std::int32_t kMhartid = 0xf14;

/// Code at the start of L2, where every core begins, with the hart id and the bases of L1 and event
/// unit in registers.
inline Program cluster_program() {
  Program p(n::L2Base);
  p.op("csrrs", {.rd = kHart, .imm = kMhartid});
  p.li(kL1, n::L1Base).li(kEu, n::EventUnitBase);
  return p;
}

/// A wait in the event unit: the core sleeps until it is answered.
inline Program& elw(Program& p, std::uint8_t rd, std::uint32_t offset) {
  return p.op("cv.elw", {.rd = rd, .rs1 = kEu, .imm = static_cast<std::int32_t>(offset)});
}

inline Program& sleep_for_ever(Program& p) {
  return p.label("asleep").op("wfi").to("asleep", "jal");
}

inline void load(tb::Cluster& cluster, const Program& program) {
  if (!cluster.write(n::L2Base, program.bytes())) throw std::logic_error("program outside L2");
  cluster.reset(n::L2Base);
}

inline std::uint32_t read_word(const tb::Cluster& cluster, std::uint32_t address) {
  std::array<std::uint8_t, 4> b{};
  if (!cluster.read(address, b)) throw std::logic_error("read outside memory");
  return b[0] | b[1] << 8 | b[2] << 16 | static_cast<std::uint32_t>(b[3]) << 24;
}

/// Every core stores 100 + its hart id to word hart id of L1, then sleeps.
inline Program hart_ids() {
  Program p = cluster_program();
  p.op("slli", {.rd = kA, .rs1 = kHart, .imm = 2});
  p.op("add", {.rd = kA, .rs1 = kA, .rs2 = kL1});
  p.op("addi", {.rd = kB, .rs1 = kHart, .imm = 100});
  p.op("sw", {.rs1 = kA, .rs2 = kB, .imm = 0});
  return sleep_for_ever(p);
}

/// `rounds` of: some arithmetic on a word of L1, as long as the hart id is large, and a barrier.
inline Program rounds_of_work(std::int32_t rounds) {
  Program p = cluster_program();
  p.op("slli", {.rd = kA, .rs1 = kHart, .imm = 2});
  p.op("add", {.rd = kA, .rs1 = kA, .rs2 = kL1});
  p.op("addi", {.rd = kB, .imm = rounds});
  p.label("round").op("addi", {.rd = kC, .rs1 = kHart, .imm = 20});
  p.label("work").op("lw", {.rd = kD, .rs1 = kA, .imm = 0});
  p.op("addi", {.rd = kD, .rs1 = kD, .imm = 1});
  p.op("sw", {.rs1 = kA, .rs2 = kD, .imm = 0});
  p.op("lw", {.rd = kD, .rs1 = kL1, .imm = 256});  // all cores: one bank
  p.op("addi", {.rd = kC, .rs1 = kC, .imm = -1});
  p.to("work", "bne", {.rs1 = kC});
  elw(p, kD, n::EuBarrier + n::EuBarrierWait);
  p.op("addi", {.rd = kB, .rs1 = kB, .imm = -1});
  p.to("round", "bne", {.rs1 = kB});
  return sleep_for_ever(p);
}

}  // namespace freebits::test
