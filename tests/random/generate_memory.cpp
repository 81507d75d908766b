// SPDX-License-Identifier: Apache-2.0
// Loads and stores: addresses and how they come about.
#include "generate.hpp"
#include "memory_map.hpp"

namespace freebits::random {

using isa::Format;
using isa::InsnSpec;

namespace {

constexpr std::int32_t kFbaaddr = 0x7c4;
constexpr std::int32_t kFbwaddr = 0x7c8;

std::uint32_t fault_address(Builder& b, bool store) {
  static constexpr std::uint32_t kHoles[] = {
      kDataBase - 8, kConstBase + kConstSize, 0x0, 0x40, 0x4000'0000, 0x7fff'fffc, 0x8000'0000};
  static constexpr std::uint32_t kReadOnly[] = {kConstBase, kConstBase + 0x40, kCodeBase + 0x100};
  return store && b.rng().chance(40) ? b.rng().pick(kReadOnly) : b.rng().pick(kHoles);
}

std::optional<Need>& need_of(std::array<std::optional<Need>, 3>& needs, Position position) {
  return needs[static_cast<std::size_t>(position)];
}

}  // namespace

std::uint32_t pick_address(Builder& b, const InsnSpec& spec, unsigned remainder, Outcome outcome) {
  const bool store = spec.has(isa::kStore);
  switch (outcome) {
    case Outcome::Ok:
      break;
    case Outcome::Fault:
      return (fault_address(b, store) & ~3U) + remainder;
    case Outcome::SecondWordFault:
      if (b.rng().chance(25)) return ~3U + remainder;  // wraps to 0
      return (store ? kConstBase : kConstBase + kConstSize) - 4 + remainder;
  }
  const bool read_only = !store && b.rng().chance(20);
  const std::uint32_t base = read_only ? kConstBase : kDataBase + 0x200;
  const std::uint32_t words = (read_only ? kConstSize : kDataSize - 0x400) / 4 - 2;
  return base + 4 * b.rng().below(words) + remainder;
}

void address_needs(Builder& b, const InsnSpec& spec, std::uint32_t address, bool near,
                   std::optional<Position> hazard, isa::Operands& operands,
                   std::array<std::optional<Need>, 3>& needs) {
  switch (spec.format) {
    case Format::LoadReg:
    case Format::StoreReg: {
      const Position offset = spec.format == Format::LoadReg ? Position::Rs2 : Position::Rd;
      const std::uint32_t small = b.rng().below(64);
      const bool swapped = hazard == offset || (hazard != Position::Rs1 && b.rng().chance(20));
      need_of(needs, Position::Rs1) = Need{.value = swapped ? small : address - small};
      need_of(needs, offset) = Need{.value = swapped ? address - small : small};
      return;
    }
    case Format::LoadPostReg:
    case Format::StorePostReg:
      need_of(needs, Position::Rs1) = Need{.value = address};
      return;
    case Format::LoadPostImm:
    case Format::StorePostImm:
      need_of(needs, Position::Rs1) = Need{.value = address};
      return;
    default:
      operands.imm = near ? b.rng().between(-64, 64) : operands.imm;
      need_of(needs, Position::Rs1) =
          Need{.value = address - static_cast<std::uint32_t>(operands.imm)};
      return;
  }
}

void set_stream_address(Builder& b, const InsnSpec& spec, std::uint32_t address, Registers& taken) {
  Registers local = taken;
  const std::uint8_t reg = b.fresh(local);
  b.set(reg, address);
  const bool weight = spec.format == Format::MacLoadWeight;
  b.op("csrrw", {.rs1 = reg, .imm = weight ? kFbwaddr : kFbaaddr});
}

void generate_access(Builder& b, const Goal& goal) {
  b.begin("access");
  operate(b, {.spec = goal.spec, .address = pick_address(b, *goal.spec, goal.a, goal.outcome)});
}

void plain_access(Builder& b, Unit unit) {
  static constexpr std::string_view kLoads[] = {"lb", "lh", "lw", "lbu", "lhu"};
  static constexpr std::string_view kStores[] = {"sb", "sh", "sw"};
  const bool store = unit == Unit::Store;
  isa::Operands operands;
  operands.rd = b.any_destination();
  operands.rs2 = b.any_source();
  operands.rs1 = kAnchorRegister;
  operands.imm = b.rng().between(-1024, 900);
  b.op(store ? b.rng().pick(kStores) : b.rng().pick(kLoads), operands);
}

}  // namespace freebits::random
