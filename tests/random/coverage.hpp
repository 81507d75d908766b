// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "runner.hpp"
#include "tb/isa/level.hpp"

namespace freebits::random {

/// The bins of one campaign: named, in groups, each with a count of hits.
class Bins {
 public:
  struct Group {
    std::string name;
    std::size_t first = 0;
    std::size_t count = 0;
  };

  /// Starts a group; add() goes there.
  void group(std::string name) { groups_.push_back({std::move(name), names_.size(), 0}); }
  /// A new bin; returns its number.
  int add(std::string name) {
    ++groups_.back().count;
    names_.push_back(std::move(name));
    hits_.push_back(0);
    return static_cast<int>(names_.size()) - 1;
  }
  /// Counts a hit; negative numbers stand for no bin.
  void hit(int bin) {
    if (bin >= 0) ++hits_[static_cast<std::size_t>(bin)];
  }

  [[nodiscard]] const std::vector<Group>& groups() const { return groups_; }
  [[nodiscard]] const std::string& name(std::size_t bin) const { return names_[bin]; }
  [[nodiscard]] std::uint64_t hits(std::size_t bin) const { return hits_[bin]; }
  [[nodiscard]] std::size_t size() const { return hits_.size(); }
  void merge(const Bins& other) {
    for (std::size_t i = 0; i < hits_.size(); ++i) hits_[i] += other.hits_[i];
  }

 private:
  std::vector<Group> groups_;
  std::vector<std::string> names_;
  std::vector<std::uint64_t> hits_;
};

struct Event;

/// One group of coverage bins, or a few of a kind. Sees every event in order.
class CoverPoint {
 public:
  virtual ~CoverPoint() = default;
  virtual void start(const Program&) {}
  virtual void sample(const Event& event, Bins& bins) = 0;
};

/// Functional coverage of a level: README.md lists the groups.
class Coverage final : public Observer {
 public:
  explicit Coverage(isa::Level level);
  ~Coverage() override;
  Coverage(Coverage&&) noexcept;
  Coverage& operator=(Coverage&&) noexcept;

  void start(const Program& program) override;
  void retired(const isa::Retired& retired, std::optional<std::uint32_t> interrupt,
               const isa::Hart& model) override;
  void finish(const tb::CoreSim& core) override;

  void merge(const Coverage& other);

  [[nodiscard]] std::size_t bins() const;
  [[nodiscard]] std::size_t holes() const;
  /// A line per group: name, bins hit, bins; then the names of at most `holes` bins never hit.
  [[nodiscard]] std::string table(std::size_t holes) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace freebits::random
