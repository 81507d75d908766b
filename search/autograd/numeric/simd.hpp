// SPDX-License-Identifier: Apache-2.0
// Vectors of floats as wide as the machine's, in GCC's and clang's portable notation.
#pragma once

#include <cstddef>
#include <cstring>
#if defined(__AVX512F__)
#include <immintrin.h>
#endif

namespace freebits::search::simd {

#if defined(__AVX512F__)
inline constexpr unsigned kWidth = 16;
inline constexpr __mmask16 kAll = 0xffff;
#else
inline constexpr unsigned kWidth = 8;
#endif

using Vec [[gnu::vector_size(kWidth * sizeof(float))]] = float;
using LooseVec [[gnu::vector_size(kWidth * sizeof(float)), gnu::aligned(4)]] = float;

inline Vec load(const float* from) { return *reinterpret_cast<const LooseVec*>(from); }
inline void store(float* to, Vec value) { *reinterpret_cast<LooseVec*>(to) = value; }
inline Vec broadcast(float value) { return value - Vec{}; }

/// Half as wide, for products of small layers.
inline constexpr unsigned kHalfWidth = kWidth / 2;
using Half [[gnu::vector_size(kHalfWidth * sizeof(float))]] = float;

template <class Vector>
Vector load_whole(const float* from) {
  Vector value;
  std::memcpy(&value, from, sizeof value);
  return value;
}
inline void store(float* to, Half value) { std::memcpy(to, &value, sizeof value); }

/// The first `lanes` <= kWidth; the others are 0 (load) or left alone (store).
inline Vec load(const float* from, unsigned lanes) {
#if defined(__AVX512F__)
  return _mm512_maskz_loadu_ps(static_cast<__mmask16>((1U << lanes) - 1), from);
#else
  Vec value{};
  for (unsigned i = 0; i < lanes; ++i) value[i] = from[i];
  return value;
#endif
}
inline void store(float* to, Vec value, unsigned lanes) {
#if defined(__AVX512F__)
  _mm512_mask_storeu_ps(to, static_cast<__mmask16>((1U << lanes) - 1), value);
#else
  for (unsigned i = 0; i < lanes; ++i) to[i] = value[i];
#endif
}

/// Asks for what lies `ahead` floats on, for the second-level cache; there need be nothing there.
template <std::size_t ahead>
inline void prefetch(const float* from) {
  __builtin_prefetch(from + ahead, 0, 2);
}

/// Where b is not a number, so is the result.
inline Vec min(Vec a, Vec b) {
#if defined(__AVX512F__)
  return _mm512_maskz_min_ps(kAll, a, b);  // the plain form warns in g++ 12
#else
  return a < b ? a : b;
#endif
}
inline Vec max(Vec a, Vec b) {
#if defined(__AVX512F__)
  return _mm512_maskz_max_ps(kAll, a, b);
#else
  return a > b ? a : b;
#endif
}

/// 1.5 · 2^23: a unit in the last place is 1, so that adding it rounds to an integer, ties to even.
inline constexpr float kToInteger = 12582912.0F;

/// To the nearest integer, ties to even; |value| < 2^22.
inline Vec round(Vec value) {
  const Vec shifted = value + kToInteger;
  return shifted - kToInteger;
}

/// Adds each lane to a number of its own.
inline void add_lanes(double* to, Vec value) {
  for (unsigned i = 0; i < kWidth; ++i) to[i] += static_cast<double>(value[i]);
}

}  // namespace freebits::search::simd
