// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "tb/isa/decode.hpp"

namespace freebits::test {

/// The instruction word of `mnemonic`; `format` picks the row where several share a name.
inline std::uint32_t assemble(std::string_view mnemonic, const isa::Operands& operands = {},
                              std::optional<isa::Format> format = {}) {
  for (const isa::InsnSpec& spec : isa::instructions()) {
    if (spec.mnemonic == mnemonic && (!format || spec.format == *format)) {
      return isa::encode(spec, operands);
    }
  }
  throw std::invalid_argument("no instruction " + std::string(mnemonic));
}

/// Machine code in the making: instructions are appended, labels may be used before they stand.
class Program {
 public:
  explicit Program(std::uint32_t base) : base_(base) {}

  [[nodiscard]] std::uint32_t here() const {
    return base_ + static_cast<std::uint32_t>(bytes_.size());
  }

  Program& half(std::uint16_t value) {
    bytes_.push_back(static_cast<std::uint8_t>(value));
    bytes_.push_back(static_cast<std::uint8_t>(value >> 8));
    return *this;
  }

  Program& word(std::uint32_t value) {
    return half(static_cast<std::uint16_t>(value)).half(static_cast<std::uint16_t>(value >> 16));
  }

  Program& op(std::string_view mnemonic, const isa::Operands& operands = {},
              std::optional<isa::Format> format = {}) {
    return word(assemble(mnemonic, operands, format));
  }

  /// A branch or jump whose imm is the distance to `label`.
  Program& to(std::string_view label, std::string_view mnemonic, isa::Operands operands = {}) {
    fixups_.push_back({here(), std::string(label), std::string(mnemonic), operands});
    return word(0);
  }

  Program& nop(unsigned count = 1) {
    for (unsigned i = 0; i < count; ++i) op("addi");
    return *this;
  }

  Program& c_nop() { return half(0x0001); }

  /// Pads with c.nop until the address is `remainder` modulo 4.
  Program& align(std::uint32_t remainder = 0) {
    while ((here() & 3) != remainder) c_nop();
    return *this;
  }

  /// rd = value, always two instructions.
  Program& li(std::uint8_t rd, std::uint32_t value) {
    const auto low = static_cast<std::int32_t>(value << 20) >> 20;
    const std::uint32_t high = (value - static_cast<std::uint32_t>(low)) >> 12;
    op("lui", {.rd = rd, .imm = static_cast<std::int32_t>(high)});
    return op("addi", {.rd = rd, .rs1 = rd, .imm = low});
  }

  Program& label(std::string_view name) {
    labels_[std::string(name)] = here();
    return *this;
  }

  [[nodiscard]] std::uint32_t address(std::string_view name) const {
    const auto found = labels_.find(std::string(name));
    if (found == labels_.end()) throw std::invalid_argument("no label " + std::string(name));
    return found->second;
  }

  /// The code with every label filled in.
  [[nodiscard]] std::vector<std::uint8_t> bytes() const {
    std::vector<std::uint8_t> out = bytes_;
    for (const Fixup& fixup : fixups_) {
      isa::Operands operands = fixup.operands;
      operands.imm = static_cast<std::int32_t>(address(fixup.label) - fixup.at);
      const std::uint32_t insn = assemble(fixup.mnemonic, operands);
      for (unsigned i = 0; i < 4; ++i) {
        out[fixup.at - base_ + i] = static_cast<std::uint8_t>(insn >> (8 * i));
      }
    }
    return out;
  }

 private:
  struct Fixup {
    std::uint32_t at;
    std::string label, mnemonic;
    isa::Operands operands;
  };

  std::uint32_t base_;
  std::vector<std::uint8_t> bytes_;
  std::map<std::string, std::uint32_t> labels_;
  std::vector<Fixup> fixups_;
};

}  // namespace freebits::test
