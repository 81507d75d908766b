// SPDX-License-Identifier: Apache-2.0
// A Verilated model as bytes in memory; Verilator itself only knows files.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <span>
#include <utility>
#include <vector>

#include "verilated_save.h"

namespace freebits::tb {

class ModelWriter final : public VerilatedSerialize {
 public:
  void flush() override {
    bytes_.insert(bytes_.end(), m_bufp, m_cp);
    m_cp = m_bufp;
  }
  /// What has been written.
  [[nodiscard]] std::vector<std::uint8_t> take() {
    flush();
    return std::move(bytes_);
  }

 private:
  std::vector<std::uint8_t> bytes_;
};

class ModelReader final : public VerilatedDeserialize {
 public:
  explicit ModelReader(std::span<const std::uint8_t> bytes) : bytes_(bytes) { m_endp = m_bufp; }

 private:
  /// As many more as there is room for; none is left near the end.
  void fill() override {
    const auto left = static_cast<std::size_t>(m_endp - m_cp);
    std::memmove(m_bufp, m_cp, left);
    m_cp = m_bufp;
    const std::size_t more = std::min(bytes_.size(), bufferSize() - left);
    std::memcpy(m_bufp + left, bytes_.data(), more);
    m_endp = m_bufp + left + more;
    bytes_ = bytes_.subspan(more);
  }

  std::span<const std::uint8_t> bytes_;
};

}  // namespace freebits::tb
