// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace freebits::tb {

/// The memory of a program as its host sees it; accesses take no cycles.
class HostMemory {
 public:
  virtual ~HostMemory() = default;
  /// Returns false and does nothing if some of the bytes are outside of memory.
  [[nodiscard]] virtual bool read(std::uint32_t address, std::span<std::uint8_t> bytes) const = 0;
  virtual bool write(std::uint32_t address, std::span<const std::uint8_t> bytes) = 0;

  /// 0 outside memory.
  [[nodiscard]] std::uint32_t read_word(std::uint32_t address) const {
    std::array<std::uint8_t, 4> b{};
    if (!read(address, b)) return 0;
    return b[0] | b[1] << 8 | b[2] << 16 | static_cast<std::uint32_t>(b[3]) << 24;
  }
  bool write_word(std::uint32_t address, std::uint32_t value) {
    const std::array<std::uint8_t, 4> bytes = {
        static_cast<std::uint8_t>(value), static_cast<std::uint8_t>(value >> 8),
        static_cast<std::uint8_t>(value >> 16), static_cast<std::uint8_t>(value >> 24)};
    return write(address, bytes);
  }
};

/// The same for anything with read() and write(): a SystemMemory, a Cluster. It must outlive this.
template <class T>
class HostMemoryOf final : public HostMemory {
 public:
  explicit HostMemoryOf(T& memory) : memory_(memory) {}
  [[nodiscard]] bool read(std::uint32_t address, std::span<std::uint8_t> bytes) const override {
    return memory_.read(address, bytes);
  }
  bool write(std::uint32_t address, std::span<const std::uint8_t> bytes) override {
    return memory_.write(address, bytes);
  }

 private:
  T& memory_;
};

}  // namespace freebits::tb
