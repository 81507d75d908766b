// SPDX-License-Identifier: Apache-2.0
#include "coverage.hpp"

#include <fmt/format.h>

#include "cover_points.hpp"

namespace freebits::random {
namespace {

constexpr std::uint32_t kMcause = 0x342;

/// Decoded instructions by their word: decoding costs more than sampling.
class DecodeCache {
 public:
  struct Entry {
    std::uint32_t word = 0;
    bool valid = false;
    const isa::InsnSpec* spec = nullptr;
    isa::Operands operands;
    std::optional<unsigned> form;
  };

  explicit DecodeCache(isa::Level level) : level_(level), entries_(kSize) {}

  const Entry& find(std::uint32_t word) {
    Entry& entry = entries_[(word * 0x9e37'79b1U) >> (32 - kBits)];
    if (entry.valid && entry.word == word) return entry;
    entry = {word, true, decode_fetched(word, level_), {}, {}};
    if (entry.spec != nullptr) {
      entry.operands = isa::extract_operands(*entry.spec, expand_fetched(word));
    }
    if (isa::insn_length(word) == 2) entry.form = compressed_form(static_cast<std::uint16_t>(word));
    return entry;
  }

 private:
  static constexpr unsigned kBits = 14;
  static constexpr std::size_t kSize = std::size_t{1} << kBits;
  isa::Level level_;
  std::vector<Entry> entries_;
};

}  // namespace

struct Coverage::State {
  explicit State(isa::Level level) : cache(level) {
    points.push_back(cover_rows(bins, level));
    points.push_back(cover_values(bins, level));
    points.push_back(cover_immediates(bins, level));
    points.push_back(cover_compressed(bins));
    points.push_back(cover_registers(bins, level));
    points.push_back(cover_hazards(bins, level));
    points.push_back(cover_accesses(bins, level));
    points.push_back(cover_traps(bins, level));
    points.push_back(cover_csrs(bins, level));
    points.push_back(cover_interrupts(bins, level));
    points.push_back(cover_branches(bins, level));
    if (level >= isa::Level::XpulpV2) points.push_back(cover_loops(bins, level));
    if (level >= isa::Level::XpulpNN) points.push_back(cover_requant(bins));
    if (level >= isa::Level::Mixed) points.push_back(cover_mixed(bins, level));
    bins.group("cycles spent on");
    for (const std::string_view name : tb::kActivityNames) {
      const bool unreachable = name == "barrier" && level < isa::Level::XpulpV2;  // cv.elw only
      activities.push_back(unreachable ? -1 : bins.add(std::string(name)));
    }
  }

  Bins bins;
  Points points;
  std::vector<int> activities;
  DecodeCache cache;
  std::array<std::uint32_t, 32> registers{};
  bool stalled_bus = false;
};

Coverage::Coverage(isa::Level level) : state_(std::make_unique<State>(level)) {}
Coverage::~Coverage() = default;
Coverage::Coverage(Coverage&&) noexcept = default;
Coverage& Coverage::operator=(Coverage&&) noexcept = default;

void Coverage::start(const Program& program) {
  state_->registers.fill(0);
  state_->stalled_bus = program.environment.stall_probability > 0;
  for (const auto& point : state_->points) point->start(program);
}

void Coverage::retired(const isa::Retired& retired, std::optional<std::uint32_t> interrupt,
                       const isa::Hart& model) {
  State& s = *state_;
  const DecodeCache::Entry& decoded = s.cache.find(retired.insn);
  Event event;
  event.retired = &retired;
  event.model = &model;
  event.spec = decoded.spec;
  event.operands = decoded.operands;
  event.form = decoded.form;
  event.interrupt = interrupt;
  event.stalled_bus = s.stalled_bus;
  if (decoded.spec != nullptr) {
    event.unit = unit_of(*decoded.spec);
    event.sources = {s.registers[decoded.operands.rs1], s.registers[decoded.operands.rs2],
                     s.registers[decoded.operands.rd]};
  }
  if (retired.trap) event.cause = model.read_csr(kMcause).value_or(0);
  for (const auto& point : s.points) point->sample(event, s.bins);
  if (retired.rd2 != 0) s.registers[retired.rd2] = retired.rd2_value;
  if (retired.rd != 0) s.registers[retired.rd] = retired.rd_value;
}

void Coverage::finish(const tb::CoreSim& core) {
  for (std::size_t i = 0; i < state_->activities.size(); ++i) {
    if (core.accounting()[i] != 0) state_->bins.hit(state_->activities[i]);
  }
}

void Coverage::merge(const Coverage& other) { state_->bins.merge(other.state_->bins); }

std::size_t Coverage::bins() const { return state_->bins.size(); }

std::size_t Coverage::holes() const {
  std::size_t count = 0;
  for (std::size_t i = 0; i < bins(); ++i) count += state_->bins.hits(i) == 0 ? 1 : 0;
  return count;
}

std::string Coverage::table(std::size_t holes) const {
  const Bins& all = state_->bins;
  std::string text =
      fmt::format("{:<44} {:>7} {:>7} {:>8}\n", "coverage group", "hit", "bins", "%");
  std::string missing;
  const auto line = [&text](const std::string& name, std::size_t hit, std::size_t bins) {
    text += fmt::format(
        "{:<44} {:>7} {:>7} {:>7.2f}%\n", name, hit, bins,
        bins == 0 ? 100.0 : 100.0 * static_cast<double>(hit) / static_cast<double>(bins));
  };
  std::size_t shown = 0;
  for (const Bins::Group& group : all.groups()) {
    std::size_t hit = 0;
    for (std::size_t i = group.first; i < group.first + group.count; ++i) {
      if (all.hits(i) != 0) {
        ++hit;
      } else if (shown++ < holes) {
        missing += fmt::format("  hole: {}: {}\n", group.name, all.name(i));
      }
    }
    line(group.name, hit, group.count);
  }
  line("total", bins() - this->holes(), bins());
  if (shown > holes) missing += fmt::format("  … and {} more holes\n", shown - holes);
  return text + missing;
}

}  // namespace freebits::random
