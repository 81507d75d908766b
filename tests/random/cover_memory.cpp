// SPDX-License-Identifier: Apache-2.0
// Loads and stores x address modulo 4 x {done, refused, second word refused}.
#include <fmt/format.h>

#include "cover_points.hpp"

namespace freebits::random {

using isa::Format;

namespace {

constexpr std::size_t kOutcomes = kOutcomeNames.size();
constexpr std::uint32_t kMtval = 0x343;
constexpr std::uint32_t kFbaaddr = 0x7c4;
constexpr std::uint32_t kFbwaddr = 0x7c8;

/// Address of an access that was refused: the register file and the streams are as before it.
std::uint32_t refused_address(const Event& event) {
  const auto imm = static_cast<std::uint32_t>(event.operands.imm);
  switch (event.spec->format) {
    case Format::MacLoadWeight:
      return event.model->read_csr(kFbwaddr).value_or(0);
    case Format::MacLoadAct:
      return event.model->read_csr(kFbaaddr).value_or(0);
    case Format::LoadReg:
      return event.sources[0] + event.sources[1];
    case Format::StoreReg:
      return event.sources[0] + event.sources[2];
    case Format::LoadPostImm:
    case Format::LoadPostReg:
    case Format::StorePostImm:
    case Format::StorePostReg:
      return event.sources[0];
    default:
      return event.sources[0] + imm;
  }
}

class Accesses final : public CoverPoint {
 public:
  Accesses(Bins& bins, isa::Level level) : bins_(isa::instructions().size() * 4 * kOutcomes, -1) {
    bins.group("access x address mod 4 x outcome");
    for (const isa::InsnSpec& spec : isa::instructions()) {
      if (spec.level > level) continue;
      for (unsigned remainder = 0; remainder < 4; ++remainder) {
        for (std::size_t o = 0; o < kOutcomes; ++o) {
          if (!outcome_possible(spec, remainder, static_cast<Outcome>(o))) continue;
          bins_[index(spec, remainder, o)] =
              bins.add(fmt::format("{} at {} {}", row_name(spec), remainder, kOutcomeNames[o]));
        }
      }
    }
  }

  void sample(const Event& event, Bins& bins) override {
    if (event.spec == nullptr || !event.operands_read() || access_size(*event.spec) == 0) return;
    if (!event.retired->trap) {
      bins.hit(bins_[index(*event.spec, event.retired->mem_addr & 3, 0)]);
      return;
    }
    const std::uint32_t address = refused_address(event);
    const std::uint32_t refused = event.model->read_csr(kMtval).value_or(0);
    const Outcome outcome = refused == address ? Outcome::Fault : Outcome::SecondWordFault;
    bins.hit(bins_[index(*event.spec, address & 3, static_cast<std::size_t>(outcome))]);
  }

 private:
  static std::size_t index(const isa::InsnSpec& spec, unsigned remainder, std::size_t outcome) {
    return (row_index(spec) * 4 + remainder) * kOutcomes + outcome;
  }
  std::vector<int> bins_;
};

}  // namespace

std::unique_ptr<CoverPoint> cover_accesses(Bins& bins, isa::Level level) {
  return std::make_unique<Accesses>(bins, level);
}

}  // namespace freebits::random
