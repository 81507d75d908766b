// SPDX-License-Identifier: Apache-2.0
#include "base/sha256.hpp"

#include <fmt/format.h>

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>

namespace freebits {
namespace {

using Words = std::array<std::uint32_t, 8>;

/// The first 32 bits of the fractional part of a root of the first primes: exact in long double
/// (64 bits of mantissa, roots below 8).
template <std::size_t N, class Root>
std::array<std::uint32_t, N> prime_roots(Root root) {
  std::array<std::uint32_t, N> words{};
  std::size_t found = 0;
  for (unsigned n = 2; found < N; ++n) {
    bool prime = true;
    for (unsigned d = 2; d * d <= n; ++d) prime = prime && n % d != 0;
    if (!prime) continue;
    const long double r = root(static_cast<long double>(n));
    words[found++] = static_cast<std::uint32_t>((r - std::floor(r)) * 4294967296.0L);
  }
  return words;
}

void compress(Words& state, const unsigned char* block) {
  static const auto kRound = prime_roots<64>([](long double n) { return std::cbrt(n); });
  std::array<std::uint32_t, 64> w{};
  for (std::size_t i = 0; i < 16; ++i) {
    const unsigned char* b = block + 4 * i;
    w[i] = static_cast<std::uint32_t>(b[0]) << 24 | b[1] << 16 | b[2] << 8 | b[3];
  }
  for (std::size_t i = 16; i < 64; ++i) {
    const std::uint32_t a = w[i - 15];
    const std::uint32_t b = w[i - 2];
    w[i] = w[i - 16] + (std::rotr(a, 7) ^ std::rotr(a, 18) ^ a >> 3) + w[i - 7] +
           (std::rotr(b, 17) ^ std::rotr(b, 19) ^ b >> 10);
  }
  auto [a, b, c, d, e, f, g, h] = state;
  for (std::size_t i = 0; i < 64; ++i) {
    const std::uint32_t t1 = h + (std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25)) +
                             ((e & f) ^ (~e & g)) + kRound[i] + w[i];
    const std::uint32_t t2 =
        (std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
    h = g, g = f, f = e, e = d + t1, d = c, c = b, b = a, a = t1 + t2;
  }
  const Words sum = {a, b, c, d, e, f, g, h};
  for (std::size_t i = 0; i < state.size(); ++i) state[i] += sum[i];
}

}  // namespace

std::string sha256(std::string_view data) {
  static const Words kInitial = prime_roots<8>([](long double n) { return std::sqrt(n); });
  Words state = kInitial;
  const auto* bytes = reinterpret_cast<const unsigned char*>(data.data());
  const std::size_t whole = data.size() / 64 * 64;
  for (std::size_t at = 0; at < whole; at += 64) compress(state, bytes + at);

  // Padding: a one, zeros, the length in bits.
  std::string tail(data.substr(whole));
  tail += '\x80';
  while (tail.size() % 64 != 56) tail += '\0';
  for (int shift = 56; shift >= 0; shift -= 8) {
    tail += static_cast<char>(std::uint64_t{data.size()} * 8 >> shift);
  }
  for (std::size_t at = 0; at < tail.size(); at += 64) {
    compress(state, reinterpret_cast<const unsigned char*>(tail.data()) + at);
  }
  std::string hex;
  for (const std::uint32_t word : state) hex += fmt::format("{:08x}", word);
  return hex;
}

}  // namespace freebits
