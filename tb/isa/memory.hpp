// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstring>
#include <vector>

namespace freebits::isa {

/// What a Hart reads and writes: RAM windows, searched in the order they were added, then the
/// virtual fallback for devices. Little-endian. The owner keeps the bytes behind a window alive,
/// and calls Hart::invalidate_code() when someone other than the hart has written instructions into
/// one.
class Memory {
 public:
  /// `size` bytes of RAM at `base`, kept at `data`. base and size are multiples of 4.
  struct Window {
    std::uint32_t base = 0;
    std::uint32_t size = 0;
    std::uint8_t* data = nullptr;
    bool writable = true;  ///< a store to a read-only window faults
  };

  virtual ~Memory() = default;

  void add_window(const Window& window) { windows_.push_back(window); }

  /// Reads `bytes` (1 ... 4) bytes at any address; false = access fault. A Hart splits accesses
  /// that cross a word and lie outside the windows, so the fallback never sees one.
  [[nodiscard]] bool load(std::uint32_t address, unsigned bytes, std::uint32_t& value) {
    if (const Window* w = find(address, bytes)) {
      value = 0;
      std::memcpy(&value, w->data + (address - w->base), bytes);
      return true;
    }
    return device_load(address, bytes, value);
  }

  /// Writes the low `bytes` bytes of `value`; false = access fault, nothing written.
  [[nodiscard]] bool store(std::uint32_t address, unsigned bytes, std::uint32_t value) {
    if (const Window* w = find(address, bytes)) {
      if (!w->writable) return false;
      std::memcpy(w->data + (address - w->base), &value, bytes);
      return true;
    }
    return device_store(address, bytes, value);
  }

  /// Reads the instruction halfword at an even address; false = instruction access fault.
  [[nodiscard]] bool fetch(std::uint32_t address, std::uint16_t& half) {
    if (const Window* w = find(address, 2)) {
      std::memcpy(&half, w->data + (address - w->base), 2);
      return true;
    }
    return device_fetch(address, half);
  }

  /// The window that holds all of these bytes, or null.
  [[nodiscard]] const Window* find(std::uint32_t address, unsigned bytes) const {
    for (const Window& w : windows_) {
      const std::uint32_t offset = address - w.base;
      if (offset < w.size && bytes <= w.size - offset) return &w;
    }
    return nullptr;
  }

 protected:
  /// An access of 1 to 4 bytes within one aligned word, outside every window. False = access fault
  /// (the default).
  virtual bool device_load(std::uint32_t address, unsigned bytes, std::uint32_t& value);
  virtual bool device_store(std::uint32_t address, unsigned bytes, std::uint32_t value);
  virtual bool device_fetch(std::uint32_t address, std::uint16_t& half);

 private:
  std::vector<Window> windows_;
};

}  // namespace freebits::isa
