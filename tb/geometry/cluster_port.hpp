// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "tb/memory/outside.hpp"

namespace freebits::tb {

/// Stands between the engine and what lies outside: passes everything on unchanged, remembers what
/// each core waits for there and notices stores into watched blocks.
class ClusterPort final : public Outside {
 public:
  explicit ClusterPort(Outside& beyond) : beyond_(&beyond) { due_ = beyond.due(); }

  /// Set when a watched block has been stored to.
  bool* stop = nullptr;

  void watch(std::uint32_t address) { watched_.push_back(address & ~7U); }
  std::optional<std::uint32_t> take_stored() { return std::exchange(stored_, std::nullopt); }
  /// Address of the access of this core that has not been answered.
  [[nodiscard]] std::optional<std::uint32_t> waits_for(unsigned core) const { return waits_[core]; }

  void state(auto& s) { s(waits_, stored_, due_); }

  void reset() override {
    beyond_->reset();
    due_ = beyond_->due();
    waits_ = {};
    stored_.reset();
  }

  void request(const OutsideRequest& request, std::uint64_t now) override {
    beyond_->request(request, now);
    due_ = beyond_->due();
    const std::uint32_t word = request.address | ((request.byte_enable & 0x0f) == 0 ? 4U : 0U);
    if (request.id < waits_.size()) waits_[request.id] = word;
    if (!request.write) return;
    if (std::ranges::find(watched_, request.address) == watched_.end()) return;
    stored_ = word;
    *stop = true;
  }

  OutsideDelivery deliver(std::uint64_t now) override {
    const OutsideDelivery delivery = beyond_->deliver(now);
    due_ = beyond_->due();
    if (delivery.answer && delivery.id < waits_.size()) waits_[delivery.id].reset();
    return delivery;
  }

 private:
  Outside* beyond_;
  std::vector<std::uint32_t> watched_;
  std::optional<std::uint32_t> stored_;
  std::array<std::optional<std::uint32_t>, 16> waits_{};
};

}  // namespace freebits::tb
