// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace freebits::tb {

/// The memory a program sees: RAM regions in a 32-bit address space, little-endian. Anything
/// outside faults. Copying copies the bytes (a lock-step model runs on its own copy).
class SystemMemory {
 public:
  struct Region {
    std::uint32_t base = 0;
    bool writable = true;  ///< a store by a core faults otherwise
    std::vector<std::uint8_t> bytes;

    [[nodiscard]] bool contains(std::uint32_t address, std::uint32_t size) const {
      const std::uint32_t offset = address - base;
      return offset < bytes.size() && size <= bytes.size() - offset;
    }
  };

  /// Adds zeroed RAM. base and size are multiples of 4; regions must not overlap (Error).
  void add_region(std::uint32_t base, std::uint32_t size, bool writable = true);

  /// The region that holds all of these bytes, or null.
  [[nodiscard]] Region* find(std::uint32_t address, std::uint32_t size);
  [[nodiscard]] const Region* find(std::uint32_t address, std::uint32_t size) const;

  /// Host access; false when outside every region (nothing is written then).
  bool write(std::uint32_t address, std::span<const std::uint8_t> data);
  bool read(std::uint32_t address, std::span<std::uint8_t> data) const;
  bool write_word(std::uint32_t address, std::uint32_t value);
  [[nodiscard]] std::uint32_t read_word(std::uint32_t address) const;  ///< 0 outside

  [[nodiscard]] std::span<Region> regions() { return regions_; }
  [[nodiscard]] std::span<const Region> regions() const { return regions_; }

 private:
  std::vector<Region> regions_;
};

}  // namespace freebits::tb
