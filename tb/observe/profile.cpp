// SPDX-License-Identifier: Apache-2.0
#include "tb/observe/profile.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <numeric>
#include <string_view>
#include <utility>

namespace freebits::tb {
namespace {

std::uint64_t sum(const Accounting& accounting) {
  return std::accumulate(accounting.begin(), accounting.end(), std::uint64_t{0});
}

void add(Accounting& to, const Accounting& from) {
  for (std::size_t i = 0; i < to.size(); ++i) to[i] += from[i];
}

constexpr auto kJump = static_cast<std::size_t>(Activity::Jump);

}  // namespace

Profile::Profile(const DebugInfo& info, unsigned cores) : info_(info), cores_(cores) {
  // One cell per halfword of the program's functions; a stray pc goes elsewhere. How far they reach
  // is what the file says: memory is taken for what runs only.
  if (info.functions().empty()) return;
  base_ = info.functions().front().begin;
  constexpr std::uint32_t kLargest = 16U << 20;
  std::uint32_t end = base_;
  for (const DebugInfo::Function& f : info.functions()) {
    if (f.end - base_ <= kLargest) end = std::max(end, f.end);
  }
  cells_ = (end - base_ + 1) / 2;
  pages_.resize((cells_ + kPageCells - 1) / kPageCells);
}

Profile::Cell& Profile::cell(std::uint32_t pc) {
  const std::uint32_t index = (pc - base_) / 2;
  if (index >= cells_) return elsewhere_;
  std::vector<Cell>& page = pages_[index / kPageCells];
  if (page.empty()) page.resize(kPageCells);
  Cell& cell = page[index % kPageCells];
  cell.pc = base_ + 2 * index;
  return cell;
}

bool Profile::cycle(const CycleView& view) {
  for (std::size_t i = 0; i < cores_.size(); ++i) {
    Core& core = cores_[i];
    // An instruction that retires now did its work up to the cycle before.
    if (const isa::Retired* r = view.retired[i]) {
      Cell& now = cell(r->pc);
      if (core.last != nullptr)
        core.last->accounting[kJump] += std::exchange(core.pending[kJump], 0);
      add(now.accounting, core.pending);
      core.pending = {};
      ++now.instructions;
      core.last = &now;
    }
    ++core.pending[static_cast<std::size_t>(view.activity[i])];
  }
  return true;
}

template <class Key>
std::vector<Profile::Row> Profile::collect(const Key& key) const {
  std::map<std::string, Row> rows;
  const auto put = [&rows](const std::string& where, std::uint64_t instructions,
                           const Accounting& accounting) {
    if (sum(accounting) == 0 && instructions == 0) return;
    Row& row = rows[where];
    row.where = where;
    row.instructions += instructions;
    add(row.accounting, accounting);
  };
  const auto where = [&](const Cell* c) {
    if (c == nullptr) return std::string("(before the first instruction)");
    if (c == &elsewhere_) return std::string("(no symbol)");
    return key(c->pc);
  };
  for (const std::vector<Cell>& page : pages_) {
    for (const Cell& c : page) {
      if (c.instructions != 0 || sum(c.accounting) != 0)
        put(where(&c), c.instructions, c.accounting);
    }
  }
  put(where(&elsewhere_), elsewhere_.instructions, elsewhere_.accounting);
  for (const Core& core : cores_) put(where(core.last), 0, core.pending);

  std::vector<Row> sorted;
  for (auto& [name, row] : rows) {
    row.cycles = sum(row.accounting);
    sorted.push_back(std::move(row));
  }
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Row& a, const Row& b) { return a.cycles > b.cycles; });
  return sorted;
}

std::vector<Profile::Row> Profile::by_function() const {
  return collect([this](std::uint32_t pc) {
    const int index = info_.function_at(pc);
    return index < 0 ? std::string("(no symbol)")
                     : info_.functions()[static_cast<std::size_t>(index)].name;
  });
}

std::vector<Profile::Row> Profile::by_line() const {
  return collect([this](std::uint32_t pc) {
    const DebugInfo::Line* line = info_.line_at(pc);
    if (line == nullptr) return std::string("(no source)");
    const std::filesystem::path file = info_.files()[line->file];
    return fmt::format("{}:{}", file.filename().string(), line->number);
  });
}

std::string format_profile(const std::vector<Profile::Row>& rows, const std::string& title,
                           std::size_t limit) {
  constexpr std::array<std::string_view, 8> kShort = {"exec",  "load",   "jump",    "bank",
                                                      "imiss", "memory", "barrier", "idle"};
  std::uint64_t total = 0;
  for (const Profile::Row& row : rows) total += row.cycles;
  const auto percent = [](std::uint64_t part, std::uint64_t whole) {
    return whole != 0 ? 100.0 * static_cast<double>(part) / static_cast<double>(whole) : 0.0;
  };
  std::string text = fmt::format("{:<32}{:>14}{:>8}{:>7}", title, "core cycles", "share", "IPC");
  for (const std::string_view name : kShort) text += fmt::format("{:>9}", name);
  text += "\n";
  const auto line = [&](const std::string& where, std::uint64_t cycles, std::uint64_t instructions,
                        const Accounting& accounting) {
    const std::string name = where.size() > 31 ? where.substr(0, 28) + "..." : where;
    text += fmt::format("{:<32}{:>14}{:>7.2f}%{:>7.2f}", name, cycles, percent(cycles, total),
                        percent(instructions, cycles) / 100);
    for (const std::uint64_t part : accounting)
      text += fmt::format("{:>8.2f}%", percent(part, cycles));
    text += "\n";
  };
  Profile::Row rest, all;
  std::size_t shown = 0;
  for (const Profile::Row& row : rows) {
    for (Profile::Row* into : {&all, &rest}) {
      if (into == &rest && shown < limit) continue;
      into->cycles += row.cycles;
      into->instructions += row.instructions;
      add(into->accounting, row.accounting);
    }
    if (shown++ < limit) line(row.where, row.cycles, row.instructions, row.accounting);
  }
  if (shown > limit) {
    line(fmt::format("({} more)", shown - limit), rest.cycles, rest.instructions, rest.accounting);
  }
  line("total", all.cycles, all.instructions, all.accounting);
  return text;
}

}  // namespace freebits::tb
