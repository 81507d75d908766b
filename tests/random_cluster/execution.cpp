// SPDX-License-Identifier: Apache-2.0
// Code: a core's own, spread over many lines, shared by all, just written.
#include <numeric>

#include "weave.hpp"

namespace freebits::random_cluster {
namespace {

/// Stores an instruction's word to the start of a patch, which ends with a return.
void write_patch(CoreCode& code, std::uint32_t patch, const random::Piece& piece) {
  const std::uint8_t base = code.take();
  const std::uint8_t word = code.take();
  code.li(base, patch);
  code.li(word, isa::encode(*piece.spec, piece.operands));
  code.store_word(word, base, 0);
  code.release({base, word});
}

/// As fence.i of another core: nothing but time is lost.
void flush_icache(CoreCode& code) {
  const std::uint8_t base = code.take();
  code.li(base, n::ControlBase);
  code.store_word(0, base, n::ControlIcacheFlush);
  code.release({base});
}

}  // namespace

void weave_private(Weave& w, const Step& step) {
  w.each(step.cores, [&](CoreCode& code) {
    code.start("private", step.seed);
    code.private_work(10 + code.rng().below(30));
  });
}

/// Short blocks, executed in an order that has nothing to do with their places.
void weave_jumps(Weave& w, const Step& step) {
  w.each(step.cores, [&](CoreCode& code) {
    code.start("jumps", step.seed);
    const std::uint32_t blocks = 16 + code.rng().below(24);
    std::vector<std::uint32_t> order(blocks), next(blocks);
    std::iota(order.begin(), order.end(), 0U);
    for (std::uint32_t i = blocks; i > 1; --i) std::swap(order[i - 1], order[code.rng().below(i)]);
    for (std::uint32_t i = 0; i < blocks; ++i) {
      next[order[i]] = i + 1 < blocks ? order[i + 1] : blocks;
    }
    const std::uint32_t first = code.next_label();
    const auto label_of = [&](std::uint32_t block) { return first + block * random::kIdStep; };
    std::vector<random::Piece> pieces(blocks);
    for (random::Piece& piece : pieces) piece = code.private_piece();
    code.to(label_of(order[0]), "jal");
    for (std::uint32_t i = 0; i < blocks; ++i) {
      (void)code.label("block");
      code.add(pieces[i]);
      for (std::uint32_t pad = code.rng().below(4); pad > 0; --pad) code.clutter();
      code.to(label_of(next[i]), "jal");
      for (std::uint32_t pad = code.rng().below(12); pad > 0; --pad) code.op("addi");
    }
    (void)code.label("out of blocks");
    for (const std::uint32_t block : order) code.note_private(pieces[block]);
  });
}

void weave_functions(Weave& w, const Step& step) {
  Rng rng(step.seed);
  const std::uint32_t first = rng.below(kNumFunctions);
  const bool same = rng.chance(60);  // all cores the same ones, in the same order
  if (rng.chance(50)) w.together(step.cores);
  w.each(step.cores, [&](CoreCode& code) {
    code.start("functions", step.seed);
    for (std::uint32_t i = 1 + (same ? step.seed % 3 : code.rng().below(3)); i > 0; --i) {
      if (code.rng().chance(10)) flush_icache(code);
      const std::uint32_t function = same ? first + i : code.rng().below(kNumFunctions);
      code.call(kFunctions + function % kNumFunctions * kFunctionBytes);
    }
  });
}

void weave_patch(Weave& w, const Step& step) {
  w.each(step.cores, [&](CoreCode& code) {
    code.start("patch", step.seed);
    const std::uint32_t patch = kPatches + code.core() * kPatchBytes;
    for (std::uint32_t i = 1 + code.rng().below(2); i > 0; --i) {
      const random::Piece piece = code.private_piece();
      write_patch(code, patch, piece);
      code.op("fence.i");
      code.call(patch);
      code.note_private(piece);
    }
  });
}

/// All cores execute the code as it was, then as another core has made it.
void weave_foreign(Weave& w, const Step& step) {
  Rng rng(step.seed);
  const std::uint32_t patch = kForeignPatches + step.slot * kPatchBytes;
  const unsigned author = pick_core(rng, w.all());
  w.each(w.all(), [&](CoreCode& code) {
    code.start("foreign", step.seed);
    code.call(patch);
  });
  w.barrier(0);
  random::Piece piece;
  w.each(1U << author, [&](CoreCode& code) {
    piece = code.private_piece();
    write_patch(code, patch, piece);
    code.op("fence.i");  // waits until the store is done
  });
  w.barrier(0);
  w.each(w.all(), [&](CoreCode& code) {
    code.op("fence.i");
    code.call(patch);
    code.note_private(piece);
  });
}

}  // namespace freebits::random_cluster
