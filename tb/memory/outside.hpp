// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>

namespace freebits::tb {

/// A request at the cluster's 64-bit port: 8 bytes at an address that is a multiple of 8.
struct OutsideRequest {
  std::uint8_t id = 0;  ///< fb_cluster_pkg::OutsideId…; answers of one id come in order
  bool write = false;
  std::uint8_t byte_enable = 0xff;  ///< of a write
  std::uint32_t address = 0;
  std::uint64_t data = 0;
};

/// What reaches the cluster in one cycle: at most one answer, and pulses on its event lines.
struct OutsideDelivery {
  bool answer = false;
  std::uint8_t id = 0;
  std::uint64_t data = 0;   ///< of a read
  std::uint8_t events = 0;  ///< bit i: event EventOutside + i
};

/// Whatever lies beyond the cluster's port. The engine calls it only when the port is active: once
/// for a request it takes, once in every cycle that has reached due(). Every request is answered,
/// writes too, one answer a cycle; requests are always taken. Deterministic: time is the cycle
/// number.
class Outside {
 public:
  virtual ~Outside() = default;
  /// The request on the port in cycle `now`.
  virtual void request(const OutsideRequest& request, std::uint64_t now) = 0;
  /// What the cluster sees at its inputs in cycle `now` (>= due()); updates due().
  virtual OutsideDelivery deliver(std::uint64_t now) = 0;
  /// The cluster is reset: whatever is in flight is dropped, time restarts at 0.
  virtual void reset() { due_ = kNever; }
  /// Earliest cycle in which deliver() has something to do. Never decreases below the cycle after
  /// the last call, except by request().
  [[nodiscard]] std::uint64_t due() const { return due_; }

 protected:
  static constexpr std::uint64_t kNever = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t due_ = kNever;
};

}  // namespace freebits::tb
