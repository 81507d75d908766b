// SPDX-License-Identifier: Apache-2.0
#include "base/sealed.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <sstream>
#include <stdexcept>

#include "base/error.hpp"
#include "base/file_bytes.hpp"

namespace freebits {
namespace {

std::uint32_t checksum(std::string_view bytes) {
  return static_cast<std::uint32_t>(
      crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

struct Header {
  std::string name;
  unsigned version = 0;
  std::uint32_t crc = 0;
  std::uint64_t bytes = 0;

  [[nodiscard]] std::string line() const {
    return fmt::format("{} {} {:08x} {}\n", name, version, crc, bytes);
  }
};

[[noreturn]] void fail(const std::filesystem::path& file, const std::string& what) {
  throw Error(fmt::format("{}: {}", file.string(), what));
}

Header parsed(const std::string& line) {
  Header header;
  std::istringstream stream(line);
  stream >> header.name >> header.version >> std::hex >> header.crc >> std::dec >> header.bytes;
  return header;
}

/// With its line feed.
std::string first_line(const std::filesystem::path& file, FileKind kind) {
  constexpr std::size_t kLongest = 100;
  const std::string head = read_head(file, kLongest);
  const std::size_t end = head.find('\n');
  if (end == std::string::npos || !head.starts_with("freebits."))
    fail(file, fmt::format("not a file of this program, expected one that starts with '{} {}'",
                           kind.name, kind.version));
  return head.substr(0, end + 1);
}

Header checked_header(const std::filesystem::path& file, const std::string& line, FileKind kind) {
  const Header header = parsed(line);
  if (header.line() != line)
    fail(file, "damaged in its first line, expected KIND VERSION CRC32 BYTES");
  if (header.name != kind.name)
    fail(file, fmt::format("a {}, expected a {}", header.name, kind.name));
  if (header.version != kind.version)
    fail(file, fmt::format("version {} of {}, expected {}, the one this program reads",
                           header.version, kind.name, kind.version));
  return header;
}

void expect_whole(const std::filesystem::path& file, std::uint64_t bytes, std::uint64_t expected) {
  if (bytes == expected) return;
  fail(file, fmt::format("{}: {} bytes after its first line, expected {}",
                         bytes < expected ? "cut short" : "damaged", bytes, expected));
}

}  // namespace

Json read_sealed(const std::filesystem::path& file, FileKind kind) {
  const std::string line = first_line(file, kind);
  const Header header = checked_header(file, line, kind);
  std::error_code none;
  if (const auto size = std::filesystem::file_size(file, none); !none)
    expect_whole(file, size - line.size(), header.bytes);  // before memory is taken for it
  const std::string all = read_bytes(file, header.bytes + line.size());
  const std::string_view body = std::string_view(all).substr(line.size());
  expect_whole(file, body.size(), header.bytes);
  if (checksum(body) != header.crc)
    fail(file,
         fmt::format("damaged: checksum {:08x}, expected {:08x}", checksum(body), header.crc));
  return parse_cbor(body, file.string());
}

void write_sealed(const std::filesystem::path& file, FileKind kind, const Json& document) {
  std::string body;
  Json::to_cbor(document, body);
  const Header header{std::string(kind.name), kind.version, checksum(body), body.size()};
  write_atomically(file, {header.line(), body});
}

}  // namespace freebits
