// SPDX-License-Identifier: Apache-2.0
#include <zlib.h>

#include <cstdint>
#include <stdexcept>

#include "../../search/data/files.hpp"
#include "base/error.hpp"
#include "kind.hpp"
#include "mutate.hpp"
#include "search/data/image.hpp"
#include "search/data/npy.hpp"

namespace freebits::fuzz {
namespace {

namespace data = search::test;

std::string text_of(const data::Bytes& bytes) { return {bytes.begin(), bytes.end()}; }

const data::Colour kPattern = [](unsigned y, unsigned x, unsigned c) {
  return static_cast<std::uint8_t>(37 * y + 11 * x + 90 * c);
};

std::uint32_t big_endian(const std::string& bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<std::uint8_t>(bytes[at + i]);
  return value;
}

/// The checksum of every chunk, made right (PNG specification, 5.3).
void seal_chunks(std::string& bytes) {
  constexpr std::size_t kSignature = 8, kAround = 12;
  for (std::size_t at = kSignature; at + kAround <= bytes.size();) {
    const std::uint64_t length = big_endian(bytes, at);
    if (at + kAround + length > bytes.size()) return;
    const auto crc = crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data() + at + 4), length + 4);
    for (std::size_t i = 0; i < 4; ++i)
      bytes[at + 8 + length + i] = static_cast<char>(crc >> (8 * (3 - i)));
    at += kAround + length;
  }
}

Kind image_kind(const char* file) {
  Kind kind;
  kind.file = file;
  kind.read = [](const fs::path& path) {
    (void)search::read_image(path, {.scaled = {24, 24}, .crop = {24, 24}}, {24, 24, 3});
  };
  return kind;
}

}  // namespace

Kind png(const fs::path&) {
  Kind kind = image_kind("image.png");
  kind.seeds = {text_of(data::png(40, 30, kPattern)), text_of(data::png(25, 60, kPattern, true))};
  kind.mutate = [](const std::string& seed, Random& random) {
    std::string bytes = mutated_bytes(seed, random);
    if (!random.one_in(4)) seal_chunks(bytes);
    return bytes;
  };
  kind.shallow = "CRC";
  return kind;
}

Kind jpeg(const fs::path&) {
  Kind kind = image_kind("image.jpg");
  kind.seeds = {text_of(data::jpeg(40, 30, kPattern)), text_of(data::jpeg(25, 60, kPattern, 1)),
                text_of(data::jpeg(33, 33, kPattern, 4))};
  kind.mutate = [](const std::string& seed, Random& random) { return mutated_bytes(seed, random); };
  return kind;
}

Kind npy(const fs::path&) {
  const auto array = [](const std::string& type, const std::string& shape, std::size_t bytes) {
    const std::string header =
        "{'descr': '" + type + "', 'fortran_order': True, 'shape': (" + shape + "), }\n";
    const data::Bytes numbers = data::random_bytes(bytes, 1);
    return std::string("\x93NUMPY\x01\x00", 8) + static_cast<char>(header.size()) +
           std::string(1, '\0') + header + text_of(numbers);
  };
  Kind kind;
  kind.file = "input.npy";
  kind.seeds = {array("|u1", "1, 4, 5, 3", 60), array(">i4", "6,", 24)};
  kind.mutate = mutated_text;
  kind.read = [](const fs::path& file) {
    if (!search::is_npy(file)) throw Error(file.string() + ": no .npy");
    (void)search::read_npy(file);
  };
  return kind;
}

}  // namespace freebits::fuzz
