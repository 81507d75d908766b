// SPDX-License-Identifier: Apache-2.0
// Instruction x source operand x kind of instruction that wrote it, one or two instructions before.
#include <fmt/format.h>

#include "cover_points.hpp"

namespace freebits::random {
namespace {

constexpr std::size_t kPositions = kPositionNames.size();
constexpr std::size_t kProducers = kProducerNames.size();

/// What an instruction wrote.
struct Written {
  std::uint8_t rd = 0;
  std::uint8_t base = 0;  ///< by post-increment
  std::optional<Producer> producer;

  [[nodiscard]] std::optional<Producer> writer_of(std::uint8_t reg) const {
    if (reg == 0) return std::nullopt;
    if (reg == rd) return producer;
    if (reg == base) return Producer::PostIncrement;
    return std::nullopt;
  }
};

class Hazards final : public CoverPoint {
 public:
  Hazards(Bins& bins, isa::Level level) {
    bins_.assign(isa::instructions().size() * kPositions * kProducers * 2, -1);
    for (unsigned distance = 0; distance < 2; ++distance) {
      bins.group(fmt::format("instruction x operand x producer, {} before", distance + 1));
      for (const isa::InsnSpec& spec : isa::instructions()) {
        if (spec.level <= level) add_row(bins, spec, level, distance);
      }
    }
  }

  void start(const Program&) override { last_ = before_ = {}; }

  void sample(const Event& event, Bins& bins) override {
    if (event.operands_read()) count(event, bins);
    before_ = last_;
    last_ = {};
    if (event.spec == nullptr) return;
    last_.rd = event.retired->rd;
    last_.base = event.retired->rd2;
    last_.producer = producer_of(*event.unit);
  }

 private:
  static std::size_t index(std::size_t row, std::size_t position, std::size_t producer,
                           unsigned distance) {
    return ((row * kPositions + position) * kProducers + producer) * 2 + distance;
  }

  void add_row(Bins& bins, const isa::InsnSpec& spec, isa::Level level, unsigned distance) {
    for (std::size_t p = 0; p < kPositions; ++p) {
      if (!reads(spec, static_cast<Position>(p))) continue;
      for (std::size_t k = 0; k < kProducers; ++k) {
        if (!exists_at(static_cast<Producer>(k), level)) continue;
        bins_[index(row_index(spec), p, k, distance)] = bins.add(
            fmt::format("{} {} <- {}", row_name(spec), kPositionNames[p], kProducerNames[k]));
      }
    }
  }

  void count(const Event& event, Bins& bins) const {
    const std::size_t row = row_index(*event.spec);
    for (std::size_t p = 0; p < kPositions; ++p) {
      const auto position = static_cast<Position>(p);
      if (!reads(*event.spec, position)) continue;
      const std::uint8_t reg = source(event.operands, position);
      unsigned distance = 0;
      auto writer = last_.writer_of(reg);
      if (!writer) {
        writer = before_.writer_of(reg);
        distance = 1;
      }
      if (writer) bins.hit(bins_[index(row, p, static_cast<std::size_t>(*writer), distance)]);
    }
  }

  std::vector<int> bins_;
  Written last_, before_;
};

}  // namespace

std::unique_ptr<CoverPoint> cover_hazards(Bins& bins, isa::Level level) {
  return std::make_unique<Hazards>(bins, level);
}

}  // namespace freebits::random
