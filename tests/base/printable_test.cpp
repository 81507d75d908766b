// SPDX-License-Identifier: Apache-2.0
#include "base/printable.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

#include "base/error.hpp"

namespace freebits {
namespace {

TEST(Printable, LeavesTextAsItIs) {
  for (const char* text : {"", "block1.depthwise", "a \"b\" \\ 'c'", "größe – 語 🙂"})
    EXPECT_EQ(printable(text), text);
}

TEST(Printable, ShowsControlCharactersByte) {
  EXPECT_EQ(printable("a\nb\x1b[31mc\r\t\x7f"), "a\\x0ab\\x1b[31mc\\x0d\\x09\\x7f");
  EXPECT_EQ(printable(std::string_view("\0", 1)), "\\x00");
  EXPECT_EQ(printable("\xc2\x9b"
                      "31m"),
            "\\xc2\\x9b31m");  // CSI as one character
}

TEST(Printable, ShowsWhatIsNotUtf8) {
  EXPECT_EQ(printable("\x80"), "\\x80");
  EXPECT_EQ(printable("\xc3("), "\\xc3(");                  // cut short
  EXPECT_EQ(printable("\xc3"), "\\xc3");                    // at the end
  EXPECT_EQ(printable("\xc0\x8a"), "\\xc0\\x8a");           // a line feed in two bytes
  EXPECT_EQ(printable("\xe0\x82\x9b"), "\\xe0\\x82\\x9b");  // CSI in three
  EXPECT_EQ(printable("\xed\xa0\x80"), "\\xed\\xa0\\x80");  // half of a surrogate pair
  EXPECT_EQ(printable("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");
  EXPECT_EQ(printable("\xff\xfe"), "\\xff\\xfe");
}

TEST(CheckName, RefusesWhatATerminalWouldObey) {
  EXPECT_NO_THROW(check_name("layer", "block1/größe"));
  EXPECT_NO_THROW(check_name("layer", std::string(255, 'a')));
  for (const std::string& name : {std::string(), std::string("a\nb"), std::string("\x1b[2J"),
                                  std::string("\xff"), std::string(256, 'a')})
    EXPECT_THROW(check_name("layer", name), Error) << printable(name);
  try {
    check_name("net: layer", "a\nb");
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(),
                 "net: layer: the name 'a\\x0ab', expected 1 to 255 bytes of UTF-8 without control "
                 "characters");
  }
}

}  // namespace
}  // namespace freebits
