// SPDX-License-Identifier: Apache-2.0
// Files made to harm: the program refuses each in one line without control characters, exit code 2.
// tests/fuzz has many more, without the program around the readers.
#include "program.hpp"

namespace freebits::test {
namespace {

class HostileFiles : public Program {
 protected:
  void write(const std::string& name, const std::string& bytes) const {
    std::ofstream(file(name), std::ios::binary) << bytes;
  }
  /// As expect_refusal(), and nothing in the line that a terminal would obey.
  void expect_printable_refusal(const std::string& arguments, const std::string& part) const {
    expect_refusal(arguments, part);
    const std::string line = run(arguments).err;
    EXPECT_EQ(std::ranges::count_if(line, [](unsigned char c) { return c < 0x20 || c == 0x7f; }), 1)
        << line;
  }
  [[nodiscard]] static std::string nested(unsigned depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  }
};

TEST_F(HostileFiles, NestedDeepAreRefusedByEveryReader) {
  const std::string deep = "nested deeper than 100, expected at most that";
  write("deep.json", nested(400'000));
  expect_printable_refusal("run resnet8 --bits " + file("deep.json"), "deep.json: " + deep);
  expect_printable_refusal("report " + file("deep.json"), "deep.json: " + deep);
  expect_printable_refusal("bench kernels --shapes " + file("deep.json"), "deep.json: " + deep);
  write("lists.toml", "a = " + nested(400'000));
  expect_printable_refusal("targets " + file("lists.toml"), "lists.toml:1: " + deep);
  std::string dotted = "a";
  for (unsigned i = 0; i < 400'000; ++i) dotted += ".a";
  write("dotted.toml", dotted + " = 1");
  expect_printable_refusal("targets " + file("dotted.toml"), "dotted.toml:1: " + deep);
}

TEST_F(HostileFiles, CannotMakeTheTerminalDoAnything) {
  write("kind.fb", "freebits.\x1b[2J\x1b[31m 1 00000000 0\n");
  expect_printable_refusal("profile " + file("kind.fb"), "a freebits.\\x1b[2J\\x1b[31m, expected");
  write("key.json", "{\"\x7f\xc2\x9b\": 1}");
  expect_printable_refusal("run resnet8 --bits " + file("key.json"), "key.json: ");
  write("a\nb\x1b.json", "[");
  expect_printable_refusal("run resnet8 --bits '" + file("a\nb\x1b.json") + "'",
                           "a\\x0ab\\x1b.json: not JSON");
  expect_printable_refusal("'\x1b[2J'", "no command '\\x1b[2J'");
}

TEST_F(HostileFiles, WithNumbersBeyondADoubleAreRefused) {
  write("result.json",
        R"({"schema": {"name": "freebits.search", "version": 1}, "max_drop": 1e999})");
  expect_printable_refusal("report " + file("result.json"),
                           "result.json: line 1, column 71: the number 1e999 is too large");
}

TEST_F(HostileFiles, AndOptionsThatAreNoFiniteNumbersAreRefused) {
  const std::string train = "train mobilenet_v1:width=0.1 --out " + file("a.ckpt");
  for (const char* option : {"--learning-rate", "--weight-decay", "--momentum", "--warmup",
                             "--label-smoothing", "--ema", "--threshold-rate"}) {
    for (const char* value : {"nan", "inf", "1e999", "1e39"})
      expect_printable_refusal(train + " " + option + " " + value,
                               std::string(value) + ": expected a number from -3.4e38 to 3.4e38");
  }
  expect_printable_refusal("search resnet8 --out " + file("s") + " --max-drop 1e999", "1e999: ");
  expect_printable_refusal("search resnet8 --out " + file("s") + " --price 1 nan", "nan: ");
}

TEST_F(HostileFiles, WithoutEndAreReadUpToALimit) {
  expect_printable_refusal("run resnet8 --bits /dev/zero", "/dev/zero: cannot be read: more than");
  expect_printable_refusal("targets /dev/zero", "/dev/zero: cannot be read: more than");
  expect_printable_refusal("report /dev/zero", "/dev/zero: cannot be read: more than");
}

TEST_F(HostileFiles, ThatPromiseMemoryTakeNone) {
  TinyElf elf;
  elf.address = 0x1c008000;
  elf.words.assign(4, 0x13);
  elf.memory_size = 0xfffffff0;
  elf.write(file("bss.elf"));
#if defined(__SANITIZE_ADDRESS__)  // which reserves all of the address space
  const std::string limit;
#else
  const std::string limit = "ulimit -v 4000000; ";
#endif
  const Outcome outcome = run("exec " + file("bss.elf"), limit);
  EXPECT_EQ(outcome.code, 2);
  EXPECT_NE(outcome.err.find("segment of 4294967280 bytes at 0x1c008000 lies outside the memories"),
            std::string::npos)
      << outcome.err;
}

}  // namespace
}  // namespace freebits::test
