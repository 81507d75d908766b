// SPDX-License-Identifier: Apache-2.0
// What follows a layer element by element becomes part of its epilogue.
#include "search/autograd/ops.hpp"
#include "search/autograd/ops/copy.hpp"

namespace freebits::search {
namespace {

/// x, or a copy of it, with an epilogue that nobody reads through yet and that ends before `taken`.
template <class Taken>
Epilogue& open_epilogue(Tape& tape, Var& x, const Taken& taken) {
  x.expect_current(x.name());
  if (x.node().consumers != 0 || taken(x.node().epilogue)) x = copy(tape, x);
  ++x.node().stage;
  x = Var(x.node());
  return x.node().epilogue;
}

bool affine_or_later(const Epilogue& e) { return !e.is_identity(); }
bool clip_or_later(const Epilogue& e) { return e.has_clip() || e.has_quantizer(); }
bool quantizer(const Epilogue& e) { return e.has_quantizer(); }

Var clip(Tape& tape, Var x, float high) {
  Epilogue& e = open_epilogue(tape, x, clip_or_later);
  e.low = 0;
  e.high = high;
  return x;
}

void learn(Var x) { x.node().wants_gradient = true; }

}  // namespace

Var batch_norm(Tape& tape, Var x, const BatchNorm& parameters) {
  if (x.node().is_leaf) x = copy(tape, x);  // statistics are an op's to collect
  open_epilogue(tape, x, affine_or_later).batch_norm = parameters;
  learn(x);
  return x;
}

Var bias(Tape& tape, Var x, Parameter& bias) {
  open_epilogue(tape, x, affine_or_later).bias = &bias;
  learn(x);
  return x;
}

Var relu(Tape& tape, Var x) { return clip(tape, x, std::numeric_limits<float>::infinity()); }

Var relu6(Tape& tape, Var x) {
  constexpr float kSix = 6;
  return clip(tape, x, kSix);
}

Var fake_quantize(Tape& tape, Var x, const UniformQuantizer& q) {
  open_epilogue(tape, x, quantizer).quantizer = q;
  learn(x);
  return x;
}

Var fake_quantize(Tape& tape, Var x, const GatedQuantizer& q) {
  open_epilogue(tape, x, quantizer).quantizer = q;
  learn(x);
  return x;
}

}  // namespace freebits::search
