// SPDX-License-Identifier: Apache-2.0
// The extensions of our own, levels xpulpnn, mixed and flexv (rtl/README.md, "Encodings of the
// freebits extensions").
#include "tb/isa/table/table.hpp"

namespace freebits::isa::table {
namespace {

constexpr std::uint32_t word(std::uint32_t funct5, std::uint32_t f, std::uint32_t s,
                             std::uint32_t funct3) {
  return funct5 << 27 | f << 26 | s << 25 | funct3 << 12 | 0x7b;
}

constexpr InsnSpec lanes(std::string_view mnemonic, Op op, std::uint32_t funct5, Lane lane,
                         Source2 source2, std::uint16_t extra_traits = 0) {
  const Format format = op == Op::SimdAbs ? Format::Unary : Format::R;
  return {.mnemonic = mnemonic,
          .match = word(funct5, 0, source2 == Source2::Scalar, lane == Lane::Nibble ? 2 : 3),
          .mask = op == Op::SimdAbs ? 0xfff0707f : 0xfe00707f,
          .level = Level::XpulpNN,
          .format = format,
          .op = op,
          .traits = static_cast<std::uint16_t>(format_traits(format) | extra_traits),
          .lane = lane,
          .source2 = source2};
}

constexpr InsnSpec requant(std::string_view mnemonic, Op op, Format format, std::uint32_t funct3,
                           std::uint32_t mask, std::uint16_t extra_traits) {
  return {.mnemonic = mnemonic,
          .match = word(0, 1, 0, funct3),
          .mask = mask,
          .level = Level::XpulpNN,
          .format = format,
          .op = op,
          .traits = static_cast<std::uint16_t>(format_traits(format) | extra_traits)};
}

constexpr InsnSpec mixed(std::string_view mnemonic, Op op, std::uint32_t funct5,
                         std::uint16_t extra_traits = 0) {
  return {.mnemonic = mnemonic,
          .match = word(funct5, 1, 0, 2),
          .mask = 0xfe00707f,
          .level = Level::Mixed,
          .format = Format::R,
          .op = op,
          .traits = static_cast<std::uint16_t>(format_traits(Format::R) | extra_traits),
          .lane = Lane::Csr};
}

// insn[22:20] = ld: the weight form leaves 21:20 free, the activation form 20, the plain form
// nothing.
constexpr InsnSpec mac_load(std::string_view mnemonic, Op op, std::uint32_t funct5, Format format,
                            std::uint16_t extra_traits) {
  std::uint32_t ld = 0;
  std::uint32_t ld_mask = 0x4;
  if (format == Format::MacLoadAct) ld = 4, ld_mask = 0x6;
  if (format == Format::MacLoadNone) ld = 7, ld_mask = 0x7;
  return {.mnemonic = mnemonic,
          .match = word(funct5, 1, 0, 3) | ld << 20,
          .mask = 0xff8c707f | ld_mask << 20,
          .level = Level::FlexV,
          .format = format,
          .op = op,
          .traits = static_cast<std::uint16_t>(format_traits(format) | extra_traits),
          .lane = Lane::Csr};
}

// clang-format off

// The four forms of a lane operation: {.n, .c} x {vector, .sc}.
#define LANES(name, op, funct5, traits)                                         \
  lanes("fb." name ".n",    op, funct5, Lane::Nibble, Source2::Register, traits), \
  lanes("fb." name ".sc.n", op, funct5, Lane::Nibble, Source2::Scalar, traits),   \
  lanes("fb." name ".c",    op, funct5, Lane::Crumb, Source2::Register, traits),  \
  lanes("fb." name ".sc.c", op, funct5, Lane::Crumb, Source2::Scalar, traits)

#define MAC_LOAD(name, op, funct5, traits)                      \
  mac_load(name, op, funct5, Format::MacLoadWeight, traits),    \
  mac_load(name, op, funct5, Format::MacLoadAct, traits),       \
  mac_load(name, op, funct5, Format::MacLoadNone, traits)

constexpr InsnSpec kRows[] = {
    LANES("add",     Op::SimdAdd,     0x00, 0),
    LANES("sub",     Op::SimdSub,     0x01, 0),
    LANES("avg",     Op::SimdAvg,     0x02, 0),
    LANES("avgu",    Op::SimdAvgu,    0x03, 0),
    LANES("min",     Op::SimdMin,     0x04, 0),
    LANES("minu",    Op::SimdMinu,    0x05, 0),
    LANES("max",     Op::SimdMax,     0x06, 0),
    LANES("maxu",    Op::SimdMaxu,    0x07, 0),
    LANES("srl",     Op::SimdSrl,     0x08, 0),
    LANES("sra",     Op::SimdSra,     0x09, 0),
    LANES("sll",     Op::SimdSll,     0x0a, 0),
    LANES("dotup",   Op::SimdDotup,   0x10, 0),
    LANES("dotusp",  Op::SimdDotusp,  0x11, 0),
    LANES("dotsp",   Op::SimdDotsp,   0x12, 0),
    LANES("sdotup",  Op::SimdSdotup,  0x13, kReadsRd),
    LANES("sdotusp", Op::SimdSdotusp, 0x14, kReadsRd),
    LANES("sdotsp",  Op::SimdSdotsp,  0x15, kReadsRd),
    lanes("fb.abs.n", Op::SimdAbs, 0x0e, Lane::Nibble, Source2::Register),
    lanes("fb.abs.c", Op::SimdAbs, 0x0e, Lane::Crumb, Source2::Register),

    requant("fb.scale", Op::FbScale, Format::R, 2, 0xfe00707f, 0),
    requant("fb.qnt", Op::FbQnt, Format::RLane, 3, 0x8600707f, kReadsRd),

    mixed("fb.dotup.m",   Op::MixedDotup,   0x10),
    mixed("fb.dotusp.m",  Op::MixedDotusp,  0x11),
    mixed("fb.dotsp.m",   Op::MixedDotsp,   0x12),
    mixed("fb.sdotup.m",  Op::MixedSdotup,  0x13, kReadsRd),
    mixed("fb.sdotusp.m", Op::MixedSdotusp, 0x14, kReadsRd),
    mixed("fb.sdotsp.m",  Op::MixedSdotsp,  0x15, kReadsRd),

    MAC_LOAD("fb.mldotup",   Op::MlDotup,   0x10, 0),
    MAC_LOAD("fb.mldotusp",  Op::MlDotusp,  0x11, 0),
    MAC_LOAD("fb.mldotsp",   Op::MlDotsp,   0x12, 0),
    MAC_LOAD("fb.mlsdotup",  Op::MlSdotup,  0x13, kReadsRd),
    MAC_LOAD("fb.mlsdotusp", Op::MlSdotusp, 0x14, kReadsRd),
    MAC_LOAD("fb.mlsdotsp",  Op::MlSdotsp,  0x15, kReadsRd),
};

#undef MAC_LOAD
#undef LANES
// clang-format on

}  // namespace

std::span<const InsnSpec> freebits() { return kRows; }

}  // namespace freebits::isa::table
