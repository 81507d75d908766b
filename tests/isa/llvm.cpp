// SPDX-License-Identifier: Apache-2.0
#include "llvm.hpp"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "tb/isa/decode.hpp"

namespace freebits::isa::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFeatures =
    "+c,+m,+xcvmac,+xcvsimd,+xcvmem,+xcvalu,+xcvbitmanip,+xcvbi,+xcvelw";

/// A directory of our own, removed at the end.
class Scratch {
 public:
  Scratch() {
    std::string pattern = fs::temp_directory_path() / "freebits_llvm_XXXXXX";
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("cannot create " + pattern);
    path_ = pattern;
  }
  ~Scratch() { fs::remove_all(path_); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  [[nodiscard]] std::string file(const char* name) const { return (path_ / name).string(); }

 private:
  fs::path path_;
};

/// Runs a shell command and returns its standard output; throws with the command if it fails.
std::string run(const std::string& command) {
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error("cannot run: " + command);
  std::string output;
  char buffer[4096];
  for (std::size_t n; (n = fread(buffer, 1, sizeof buffer, pipe)) != 0;) output.append(buffer, n);
  if (pclose(pipe) != 0) {
    throw std::runtime_error("failed (is LLVM 19 installed? scripts/bootstrap.sh): " + command);
  }
  return output;
}

/// "   4: 00c5a50b     \tcv.lw\ta0, (a1), 0xc <symbol+0x4>" -> "cv.lw a0, (a1), 0xc"; empty for
/// other lines.
std::string text_of(const std::string& line) {
  const std::size_t tab = line.find('\t');
  const std::size_t colon = line.find(':');
  if (!line.starts_with(' ') || tab == std::string::npos || colon > tab) return "";
  std::string text = line.substr(tab + 1);
  if (const std::size_t second = text.find('\t'); second != std::string::npos) text[second] = ' ';
  if (const std::size_t symbol = text.find(" <_binary"); symbol != std::string::npos) {
    text.erase(symbol);
  }
  return text;
}

}  // namespace

std::vector<std::string> llvm_disassemble(const std::vector<std::uint32_t>& insns) {
  const Scratch scratch;
  std::ofstream bytes(scratch.file("insns.bin"), std::ios::binary);
  for (const std::uint32_t insn : insns) {
    for (unsigned i = 0; i < insn_length(insn); ++i) bytes.put(static_cast<char>(insn >> 8 * i));
  }
  bytes.close();
  run("cd " + scratch.file("") +
      " && llvm-objcopy-19 -I binary -O elf32-littleriscv insns.bin insns.o");
  std::istringstream listing(run("llvm-objdump-19 -D -z -j .data --mattr=" +
                                 std::string(kFeatures) + " " + scratch.file("insns.o")));
  std::vector<std::string> texts;
  for (std::string line; std::getline(listing, line);) {
    if (std::string text = text_of(line); !text.empty()) texts.push_back(std::move(text));
  }
  if (texts.size() != insns.size()) {
    throw std::runtime_error("llvm-objdump printed " + std::to_string(texts.size()) +
                             " instructions, expected " + std::to_string(insns.size()));
  }
  return texts;
}

std::vector<std::uint32_t> llvm_assemble(const std::vector<std::string>& lines) {
  const Scratch scratch;
  std::ofstream source(scratch.file("insns.s"));
  source << ".option norvc\n";
  for (const std::string& line : lines) source << line << '\n';
  source.close();
  run("llvm-mc-19 --triple=riscv32 --filetype=obj --mattr=" + std::string(kFeatures) + " -o " +
      scratch.file("insns.o") + " " + scratch.file("insns.s"));
  run("llvm-objcopy-19 -O binary -j .text " + scratch.file("insns.o") + " " +
      scratch.file("insns.bin"));
  std::ifstream bytes(scratch.file("insns.bin"), std::ios::binary);
  std::vector<std::uint32_t> words(lines.size());
  for (std::uint32_t& word : words) {
    if (!bytes.read(reinterpret_cast<char*>(&word), 4))
      throw std::runtime_error("llvm-mc: short output");
  }
  return words;
}

}  // namespace freebits::isa::test
