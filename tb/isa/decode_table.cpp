// SPDX-License-Identifier: Apache-2.0
// The instruction table of all levels and its lookup.
#include <array>
#include <vector>

#include "tb/isa/decode.hpp"
#include "tb/isa/table/table.hpp"

namespace freebits::isa {
namespace {

std::vector<InsnSpec> join_tables() {
  std::vector<InsnSpec> rows;
  for (const auto group : {table::base(), table::corev(), table::simd(), table::freebits()}) {
    rows.insert(rows.end(), group.begin(), group.end());
  }
  return rows;
}

const std::vector<InsnSpec>& rows() {
  static const std::vector<InsnSpec> all = join_tables();
  return all;
}

// A bucket holds the rows that agree with its opcode (insn[6:2]), funct3 and funct5 (insn[31:27]).
constexpr std::size_t kBuckets = 1 << 13;

constexpr std::uint32_t bucket_bits(std::size_t bucket) {
  const auto b = static_cast<std::uint32_t>(bucket);
  return (b & 0x1f) << 2 | (b >> 5 & 7) << 12 | b >> 8 << 27;
}

constexpr std::size_t bucket_of(std::uint32_t insn) {
  return (insn >> 2 & 0x1f) | (insn >> 12 & 7) << 5 | insn >> 27 << 8;
}

using Buckets = std::array<std::vector<const InsnSpec*>, kBuckets>;

const Buckets& buckets() {
  static const Buckets all = [] {
    Buckets result;
    const std::uint32_t key_mask = bucket_bits(kBuckets - 1);
    for (std::size_t b = 0; b < kBuckets; ++b) {
      for (const InsnSpec& spec : rows()) {
        if (((bucket_bits(b) ^ spec.match) & spec.mask & key_mask) == 0) result[b].push_back(&spec);
      }
    }
    return result;
  }();
  return all;
}

}  // namespace

std::span<const InsnSpec> instructions() { return rows(); }

const InsnSpec* decode(std::uint32_t insn, Level level) {
  if (insn_length(insn) != 4) return nullptr;
  for (const InsnSpec* spec : buckets()[bucket_of(insn)]) {
    if ((insn & spec->mask) == spec->match) return spec->level <= level ? spec : nullptr;
  }
  return nullptr;
}

}  // namespace freebits::isa
