// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
`default_nettype none

// Single-cycle logarithmic interconnect between NumMasters word ports and NumBanks
// word-interleaved banks. Every bank serves one request a cycle, of the least recently granted
// among the masters that ask for it: round robin when all do. A master waits at most
// NumMasters - 1 grants of others. gnt_o answers in the cycle of the request; rdata_o is valid in
// the next one.
module fb_tcdm_xbar #(
  parameter int NumMasters = 10,
  parameter int NumBanks   = 16,
  parameter int BankWords  = 2048
) (
  input  wire                      clk_i,
  input  wire                      rst_ni,
  input  wire  [NumMasters-1:0]    req_i,
  input  wire  [NumMasters*32-1:0] addr_i,   // byte offset in L1, inside it
  input  wire  [NumMasters-1:0]    we_i,
  input  wire  [NumMasters-1:0]    tas_i,    // test and set: read, and write all ones (we_i = 0)
  input  wire  [NumMasters*4-1:0]  be_i,
  input  wire  [NumMasters*32-1:0] wdata_i,
  output logic [NumMasters-1:0]    gnt_o,
  output logic [NumMasters*32-1:0] rdata_o
);

  localparam int BankWidth = $clog2(NumBanks);
  localparam int RowWidth  = $clog2(BankWords);

  // One order of all masters serves every bank: who is granted while another waits goes behind all
  // that are not granted.
  logic [NumMasters-1:0] ahead [NumMasters];   // the masters ahead of this one
  logic [BankWidth-1:0]  bank [NumMasters];
  logic [NumMasters-1:0] want [NumBanks];
  logic                  waiting;
  assign waiting = req_i != gnt_o;
  for (genvar m = 0; m < NumMasters; m++) begin : g_master
    localparam logic [NumMasters-1:0] Self = NumMasters'(1) << m;
    logic [NumMasters-1:0] ahead_q;
    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) ahead_q <= Self - 1'b1;
      else if (waiting) ahead_q <= gnt_o[m] ? (ahead_q | ~gnt_o) & ~Self : ahead_q & ~gnt_o;
    end
    assign ahead[m] = ahead_q;
  end

  always_comb begin
    gnt_o = '0;
    for (int m = 0; m < NumMasters; m++) bank[m] = '0;
    for (int b = 0; b < NumBanks; b++) want[b] = '0;
    if (req_i != '0) begin
      for (int m = 0; m < NumMasters; m++) begin
        bank[m] = addr_i[m*32 + 2 +: BankWidth];
        if (req_i[m]) want[bank[m]][m] = 1'b1;
      end
      for (int m = 0; m < NumMasters; m++) begin
        gnt_o[m] = req_i[m] && (want[bank[m]] & ahead[m]) == '0;
      end
    end
  end

  logic [NumBanks-1:0]  bank_req;
  logic [RowWidth+36:0] bank_access [NumBanks];   // write, byte enables, row, data
  always_comb begin
    bank_req = '0;
    for (int b = 0; b < NumBanks; b++) bank_access[b] = '0;
    if (gnt_o != '0) begin
      for (int m = 0; m < NumMasters; m++) begin
        if (gnt_o[m]) begin
          bank_req[bank[m]]    = 1'b1;
          bank_access[bank[m]] = {we_i[m] || tas_i[m], be_i[m*4 +: 4],
                                  addr_i[m*32 + 2 + BankWidth +: RowWidth],
                                  wdata_i[m*32 +: 32] | {32{tas_i[m]}}};
        end
      end
    end
  end

  logic [31:0] bank_rdata [NumBanks];
  for (genvar b = 0; b < NumBanks; b++) begin : g_bank
    fb_tcdm_bank #(
      .Words(BankWords)
    ) u_bank (
      .clk_i,
      .req_i  (bank_req[b]),
      .write_i(bank_access[b][RowWidth + 36]),
      .be_i   (bank_access[b][RowWidth + 32 +: 4]),
      .addr_i (bank_access[b][32 +: RowWidth]),
      .wdata_i(bank_access[b][31:0]),
      .rdata_o(bank_rdata[b])
    );
  end

  // The answer comes from the bank that granted.
  for (genvar m = 0; m < NumMasters; m++) begin : g_answer
    logic [BankWidth-1:0] bank_q;
    always_ff @(posedge clk_i) begin
      if (gnt_o != '0) bank_q <= bank[m];
    end
    assign rdata_o[m*32 +: 32] = bank_rdata[bank_q];
  end

  logic unused_bits;
  assign unused_bits = ^addr_i;

endmodule

`default_nettype wire
