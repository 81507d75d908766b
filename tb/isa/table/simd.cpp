// SPDX-License-Identifier: Apache-2.0
// XCVsimd: custom-3, 8- and 16-bit lanes (CV32E40P v2 user manual, section "SIMD").
#include "tb/isa/table/table.hpp"

namespace freebits::isa::table {
namespace {

enum Funct3 : std::uint32_t { kH = 0, kB = 1, kScH = 4, kScB = 5, kSciH = 6, kSciB = 7 };

constexpr std::uint32_t word(std::uint32_t funct5, std::uint32_t f, std::uint32_t bit25,
                             std::uint32_t funct3) {
  return funct5 << 27 | f << 26 | bit25 << 25 | funct3 << 12 | 0x7b;
}

constexpr InsnSpec row(std::string_view mnemonic, Format format, Op op, std::uint32_t match,
                       Lane lane, Source2 source2, std::uint16_t extra_traits = 0) {
  const std::uint32_t immediate_mask = 0xfc00707f;
  const std::uint32_t register_mask = format == Format::Unary ? 0xfff0707f : 0xfe00707f;
  const bool immediate = format == Format::SimdSimm6 || format == Format::SimdUimm6;
  return {.mnemonic = mnemonic,
          .match = match,
          .mask = immediate ? immediate_mask : register_mask,
          .level = Level::XpulpV2,
          .format = format,
          .op = op,
          .traits = static_cast<std::uint16_t>(format_traits(format) | extra_traits),
          .lane = lane,
          .source2 = source2};
}

// An operation on whole registers or halfwords without lane variants.
constexpr InsnSpec plain(std::string_view mnemonic, Format format, Op op, std::uint32_t match,
                         std::uint16_t extra_traits = 0) {
  return row(mnemonic, format, op, match, Lane::Half, Source2::Register, extra_traits);
}

constexpr Format kSigned = Format::SimdSimm6;
constexpr Format kUnsigned = Format::SimdUimm6;
constexpr Source2 kReg = Source2::Register;
constexpr Source2 kSc = Source2::Scalar;
constexpr Source2 kSci = Source2::Immediate;

// clang-format off

// The six forms of a lane operation: {.h, .b} x {vector, .sc, .sci}.
#define LANES(name, op, funct5, f, sci_format, traits)                                            \
  row("cv." name ".h", Format::R, op, word(funct5, f, 0, kH), Lane::Half, kReg, traits),          \
  row("cv." name ".sc.h", Format::R, op, word(funct5, f, 0, kScH), Lane::Half, kSc, traits),      \
  row("cv." name ".sci.h", sci_format, op, word(funct5, f, 0, kSciH), Lane::Half, kSci, traits),  \
  row("cv." name ".b", Format::R, op, word(funct5, f, 0, kB), Lane::Byte, kReg, traits),          \
  row("cv." name ".sc.b", Format::R, op, word(funct5, f, 0, kScB), Lane::Byte, kSc, traits),      \
  row("cv." name ".sci.b", sci_format, op, word(funct5, f, 0, kSciB), Lane::Byte, kSci, traits)

constexpr InsnSpec kRows[] = {
    LANES("add",  Op::SimdAdd,  0x00, 0, kSigned, 0),
    LANES("sub",  Op::SimdSub,  0x01, 0, kSigned, 0),
    LANES("avg",  Op::SimdAvg,  0x02, 0, kSigned, 0),
    LANES("avgu", Op::SimdAvgu, 0x03, 0, kUnsigned, 0),
    LANES("min",  Op::SimdMin,  0x04, 0, kSigned, 0),
    LANES("minu", Op::SimdMinu, 0x05, 0, kUnsigned, 0),
    LANES("max",  Op::SimdMax,  0x06, 0, kSigned, 0),
    LANES("maxu", Op::SimdMaxu, 0x07, 0, kUnsigned, 0),
    LANES("srl",  Op::SimdSrl,  0x08, 0, kUnsigned, 0),
    LANES("sra",  Op::SimdSra,  0x09, 0, kUnsigned, 0),
    LANES("sll",  Op::SimdSll,  0x0a, 0, kUnsigned, 0),
    LANES("or",   Op::SimdOr,   0x0b, 0, kSigned, 0),
    LANES("xor",  Op::SimdXor,  0x0c, 0, kSigned, 0),
    LANES("and",  Op::SimdAnd,  0x0d, 0, kSigned, 0),
    LANES("dotup",   Op::SimdDotup,   0x10, 0, kUnsigned, 0),
    LANES("dotusp",  Op::SimdDotusp,  0x11, 0, kSigned, 0),
    LANES("dotsp",   Op::SimdDotsp,   0x12, 0, kSigned, 0),
    LANES("sdotup",  Op::SimdSdotup,  0x13, 0, kUnsigned, kReadsRd),
    LANES("sdotusp", Op::SimdSdotusp, 0x14, 0, kSigned, kReadsRd),
    LANES("sdotsp",  Op::SimdSdotsp,  0x15, 0, kSigned, kReadsRd),
    LANES("cmpeq",  Op::SimdCmpeq,  0x00, 1, kSigned, 0),
    LANES("cmpne",  Op::SimdCmpne,  0x01, 1, kSigned, 0),
    LANES("cmpgt",  Op::SimdCmpgt,  0x02, 1, kSigned, 0),
    LANES("cmpge",  Op::SimdCmpge,  0x03, 1, kSigned, 0),
    LANES("cmplt",  Op::SimdCmplt,  0x04, 1, kSigned, 0),
    LANES("cmple",  Op::SimdCmple,  0x05, 1, kSigned, 0),
    LANES("cmpgtu", Op::SimdCmpgtu, 0x06, 1, kUnsigned, 0),
    LANES("cmpgeu", Op::SimdCmpgeu, 0x07, 1, kUnsigned, 0),
    LANES("cmpltu", Op::SimdCmpltu, 0x08, 1, kUnsigned, 0),
    LANES("cmpleu", Op::SimdCmpleu, 0x09, 1, kUnsigned, 0),

    row("cv.abs.h",      Format::Unary, Op::SimdAbs,      word(0x0e, 0, 0, kH), Lane::Half, kReg),
    row("cv.abs.b",      Format::Unary, Op::SimdAbs,      word(0x0e, 0, 0, kB), Lane::Byte, kReg),
    row("cv.extract.h",  kUnsigned, Op::SimdExtract,  word(0x17, 0, 0, 0), Lane::Half, kSci),
    row("cv.extract.b",  kUnsigned, Op::SimdExtract,  word(0x17, 0, 0, 1), Lane::Byte, kSci),
    row("cv.extractu.h", kUnsigned, Op::SimdExtractu, word(0x17, 0, 0, 2), Lane::Half, kSci),
    row("cv.extractu.b", kUnsigned, Op::SimdExtractu, word(0x17, 0, 0, 3), Lane::Byte, kSci),
    row("cv.insert.h", kUnsigned, Op::SimdInsert, word(0x17, 0, 0, 4), Lane::Half, kSci, kReadsRd),
    row("cv.insert.b", kUnsigned, Op::SimdInsert, word(0x17, 0, 0, 5), Lane::Byte, kSci, kReadsRd),

    row("cv.shuffle.h", Format::R, Op::SimdShuffle, word(0x18, 0, 0, kH), Lane::Half, kReg),
    row("cv.shuffle.b", Format::R, Op::SimdShuffle, word(0x18, 0, 0, kB), Lane::Byte, kReg),
    row("cv.shuffle.sci.h", kUnsigned, Op::SimdShuffle, word(0x18, 0, 0, kSciH), Lane::Half, kSci),
    row("cv.shufflei0.sci.b", kUnsigned, Op::SimdShuffleI0,
        word(0x18, 0, 0, kSciB), Lane::Byte, kSci),
    row("cv.shufflei1.sci.b", kUnsigned, Op::SimdShuffleI1,
        word(0x19, 0, 0, kSciB), Lane::Byte, kSci),
    row("cv.shufflei2.sci.b", kUnsigned, Op::SimdShuffleI2,
        word(0x1a, 0, 0, kSciB), Lane::Byte, kSci),
    row("cv.shufflei3.sci.b", kUnsigned, Op::SimdShuffleI3,
        word(0x1b, 0, 0, kSciB), Lane::Byte, kSci),
    row("cv.shuffle2.h", Format::R, Op::SimdShuffle2,
        word(0x1c, 0, 0, kH), Lane::Half, kReg, kReadsRd),
    row("cv.shuffle2.b", Format::R, Op::SimdShuffle2,
        word(0x1c, 0, 0, kB), Lane::Byte, kReg, kReadsRd),
    plain("cv.pack",     Format::R, Op::CvPack,     word(0x1e, 0, 0, kH)),
    plain("cv.pack.h",   Format::R, Op::CvPackH,    word(0x1e, 0, 1, kH)),
    plain("cv.packlo.b", Format::R, Op::CvPackloB,  word(0x1f, 0, 0, kB), kReadsRd),
    plain("cv.packhi.b", Format::R, Op::CvPackhiB,  word(0x1f, 0, 1, kB), kReadsRd),

    // Complex numbers: funct3 = 2 log2(divisor)
    plain("cv.cplxmul.r",      Format::R, Op::CvCplxmulR,     word(0x0a, 1, 0, 0), kReadsRd),
    plain("cv.cplxmul.r.div2", Format::R, Op::CvCplxmulRDiv2, word(0x0a, 1, 0, 2), kReadsRd),
    plain("cv.cplxmul.r.div4", Format::R, Op::CvCplxmulRDiv4, word(0x0a, 1, 0, 4), kReadsRd),
    plain("cv.cplxmul.r.div8", Format::R, Op::CvCplxmulRDiv8, word(0x0a, 1, 0, 6), kReadsRd),
    plain("cv.cplxmul.i",      Format::R, Op::CvCplxmulI,     word(0x0a, 1, 1, 0), kReadsRd),
    plain("cv.cplxmul.i.div2", Format::R, Op::CvCplxmulIDiv2, word(0x0a, 1, 1, 2), kReadsRd),
    plain("cv.cplxmul.i.div4", Format::R, Op::CvCplxmulIDiv4, word(0x0a, 1, 1, 4), kReadsRd),
    plain("cv.cplxmul.i.div8", Format::R, Op::CvCplxmulIDiv8, word(0x0a, 1, 1, 6), kReadsRd),
    plain("cv.cplxconj",       Format::Unary, Op::CvCplxconj, word(0x0b, 1, 0, 0)),
    plain("cv.subrotmj",       Format::R, Op::CvSubrotmj,     word(0x0c, 1, 0, 0)),
    plain("cv.subrotmj.div2",  Format::R, Op::CvSubrotmjDiv2, word(0x0c, 1, 0, 2)),
    plain("cv.subrotmj.div4",  Format::R, Op::CvSubrotmjDiv4, word(0x0c, 1, 0, 4)),
    plain("cv.subrotmj.div8",  Format::R, Op::CvSubrotmjDiv8, word(0x0c, 1, 0, 6)),
    plain("cv.add.div2",       Format::R, Op::CvAddDiv2,      word(0x0d, 1, 0, 2)),
    plain("cv.add.div4",       Format::R, Op::CvAddDiv4,      word(0x0d, 1, 0, 4)),
    plain("cv.add.div8",       Format::R, Op::CvAddDiv8,      word(0x0d, 1, 0, 6)),
    plain("cv.sub.div2",       Format::R, Op::CvSubDiv2,      word(0x0e, 1, 0, 2)),
    plain("cv.sub.div4",       Format::R, Op::CvSubDiv4,      word(0x0e, 1, 0, 4)),
    plain("cv.sub.div8",       Format::R, Op::CvSubDiv8,      word(0x0e, 1, 0, 6)),
};

#undef LANES
// clang-format on

}  // namespace

std::span<const InsnSpec> simd() { return kRows; }

}  // namespace freebits::isa::table
