// SPDX-License-Identifier: Apache-2.0
// Many cores at the same words: each with bytes of its own, or all with all.
#include "weave.hpp"

namespace freebits::random_cluster {
namespace {

constexpr unsigned kWidths[] = {1, 2, 4};

/// A few words of racing memory that everybody goes for, on one bank now and then.
class HotSpot {
 public:
  explicit HotSpot(std::uint64_t seed) {
    Rng rng(seed);
    words_ = 1 + rng.below(4);
    stride_ = rng.chance(50) ? 4 : 4 * 32;  // 32: a multiple of every number of banks
    base_ = kRacing + 4 * rng.below(0x180);
  }
  [[nodiscard]] std::uint32_t pick(Rng& rng) const { return base_ + stride_ * rng.below(words_); }

 private:
  std::uint32_t words_, stride_, base_;
};

void race(CoreCode& code, const HotSpot& spot) {
  Rng& rng = code.rng();
  const unsigned bytes = rng.pick(kWidths);
  const std::uint32_t inside = rng.chance(70) ? rng.below(4 / bytes) * bytes : rng.below(4);
  const std::uint32_t address = spot.pick(rng) + inside;
  const std::uint32_t dice = rng.below(10);
  if (dice < 4) {
    code.load(address, bytes);
  } else if (dice < 8) {
    code.store(address, bytes, rng.bits());
  } else {  // test and set, even of memory that is not a lock
    code.load(address - n::L1Base + n::L1TasBase, bytes);
  }
}

/// The same word again and again, as fast as a core can.
void hammer(CoreCode& code, const HotSpot& spot) {
  Rng& rng = code.rng();
  const std::uint8_t base = code.take();
  const std::uint8_t data = code.take();
  code.li(base, spot.pick(rng));
  const CoreCode::Loop loop = code.open_loop(static_cast<unsigned>(rng.between(2, 6)));
  for (std::uint32_t i = 3 + rng.below(6); i > 0; --i) {
    if (rng.chance(50)) {
      code.store_word(data, base, 0);
    } else {
      code.load_word(data, base, 0);
    }
  }
  code.close_loop(loop);
}

std::uint32_t shared_base(Rng& rng) {
  const std::uint32_t dice = rng.below(20);
  return (dice < 15 ? n::L1Base : dice < 19 ? kL2Data : kL3Data) + kShared;
}

}  // namespace

void disturb(CoreCode& code, unsigned accesses) {
  const HotSpot spot(code.rng().below(4));
  for (unsigned i = 0; i < accesses; ++i) {
    if (code.rng().chance(60)) {
      race(code, spot);
    } else {
      code.clutter();
    }
  }
}

void weave_sharing(Weave& w, const Step& step) {
  Rng rng(step.seed);
  const std::uint32_t base = shared_base(rng);
  const std::uint32_t window = rng.below(kSharedBytes - 32);
  if (rng.chance(60)) w.together(step.cores);
  w.each(step.cores, [&](CoreCode& code) {
    code.start("sharing", step.seed);
    std::vector<Owned> mine;
    for (const Owned& o : w.shared.of(code.core())) {
      if (o.offset - window < 32) mine.push_back(o);
    }
    if (mine.empty()) mine = w.shared.of(code.core());
    const CoreCode::Loop loop = code.open_loop(base < n::L2Base ? 1 + code.rng().below(6) : 1);
    for (std::uint32_t i = base < n::L2Base ? 4 + code.rng().below(10) : 3; i > 0; --i) {
      if (code.rng().chance(55) && !mine.empty()) {
        const Owned& o = code.rng().pick(mine);
        w.store_owned(code, base + o.offset, o.bytes);
      } else {
        code.load(base + window + code.rng().below(29), code.rng().pick(kWidths));
      }
    }
    code.close_loop(loop);
  });
}

void weave_racing(Weave& w, const Step& step) {
  const HotSpot spot(step.seed);
  const bool hard = (step.seed & 3) == 0;
  if ((step.seed & 4) != 0) w.together(step.cores);
  w.each(step.cores, [&](CoreCode& code) {
    code.start("racing", step.seed);
    if (hard) return hammer(code, spot);
    const CoreCode::Loop loop = code.open_loop(1 + code.rng().below(5));
    for (std::uint32_t i = 4 + code.rng().below(12); i > 0; --i) race(code, spot);
    code.close_loop(loop);
  });
}

void weave_streams(Weave& w, const Step& step) {
  constexpr std::int32_t kAddressA = 0x7c4;  // address, stride, rollback, skip
  constexpr std::int32_t kAddressW = 0x7c8;
  const HotSpot spot(step.seed);
  w.each(step.cores, [&](CoreCode& code) {
    code.start("streams", step.seed);
    Rng& rng = code.rng();
    const std::uint8_t value = code.take();
    for (const std::int32_t stream : {kAddressA, kAddressW}) {
      code.li(value, spot.pick(rng) + (rng.chance(30) ? rng.below(4) : 0));
      code.op("csrrw", {.rs1 = value, .imm = stream});
      code.op("csrrwi", {.imm = stream + 1, .imm2 = 4 * rng.between(0, 2)});
      code.op("csrrwi", {.imm = stream + 2});
      code.op("csrrwi", {.imm = stream + 3, .imm2 = rng.between(0, 3)});
    }
    static constexpr std::string_view kNames[] = {"fb.mlsdotup", "fb.mlsdotusp", "fb.mlsdotsp"};
    const CoreCode::Loop loop = code.open_loop(1 + code.rng().below(4));
    for (std::uint32_t i = 4 + rng.below(8); i > 0; --i) {
      const bool weight = rng.chance(50);
      const auto& spec = random::row(rng.pick(kNames),
                                     weight ? isa::Format::MacLoadWeight : isa::Format::MacLoadAct);
      const auto ld = static_cast<std::uint8_t>(weight ? rng.below(4) : 4 + rng.below(2));
      code.add(random::insn(spec, {.rd = value,
                                   .act = static_cast<std::uint8_t>(rng.below(2)),
                                   .weight = static_cast<std::uint8_t>(rng.below(4)),
                                   .ld = ld}));
      if (rng.chance(20)) race(code, spot);
    }
    code.close_loop(loop);
  });
}

}  // namespace freebits::random_cluster
