// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace freebits {

/// FNV-1a, 64 bits: tells contents apart where nobody means harm. Names of files and identities
/// that older files hold are made of it; new ones take sha256().
class Fnv1a {
 public:
  void add(unsigned value) { hash_ = (hash_ ^ value) * 0x100000001b3; }
  void add(std::span<const std::uint8_t> bytes) {
    for (const std::uint8_t byte : bytes) add(unsigned{byte});
  }
  void add(std::string_view text) {
    for (const char character : text) add(unsigned{static_cast<unsigned char>(character)});
  }
  [[nodiscard]] std::uint64_t value() const { return hash_; }

 private:
  std::uint64_t hash_ = 0xcbf29ce484222325;
};

}  // namespace freebits
