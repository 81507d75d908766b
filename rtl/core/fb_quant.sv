// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
`default_nettype none

// Requantization (rtl/README.md, level `xpulpnn`): add, round, shift, clip, and insertion into one
// lane of the packed result; and the CSR that says how. Combinational, 1 cycle. The multiplication
// before it is fb_mult's.
module fb_quant #(
  parameter logic [2:0] IsaLevel = fb_isa_pkg::LevelFlexV
) (
  input  wire         clk_i,
  input  wire         rst_ni,
  input  wire         valid_i,      // fb.qnt is in EX
  input  wire  [3:0]  lane_i,
  input  wire  [31:0] a_i,          // scaled sum
  input  wire  [31:0] b_i,          // what is added
  input  wire  [31:0] c_i,          // old rd
  output logic [31:0] result_o,
  output logic [4:0]  pre_o,        // of fb.scale
  // CSR fbquant, in EX
  output logic [31:0] csr_rdata_o,
  input  wire         csr_we_i,     // a CSR is written …
  input  wire  [11:0] csr_addr_i,   // … this one
  input  wire  [31:0] csr_wdata_i
);

  if (IsaLevel >= fb_isa_pkg::LevelXpulpNN) begin : gen_quant
    logic [4:0] shift_q, pre_q;
    logic [1:0] fmt_q;
    logic       signed_q;

    // Width, shift of a lane's index, position.
    logic        [31:0] sum, value, mask;
    logic signed [31:0] low, high;
    logic        [4:0]  pos;
    always_comb begin
      sum      = 'x;
      value    = 'x;
      mask     = 'x;
      low      = 'x;
      high     = 'x;
      pos      = 'x;
      result_o = 'x;
      if (valid_i) begin
        sum   = a_i + b_i + (shift_q == 5'd0 ? 32'd0 : 32'd1 << (shift_q - 5'd1));
        value = $signed(sum) >>> shift_q;
        unique case (fmt_q)
          fb_core_pkg::Fmt8: begin
            mask = 32'hff;
            pos  = {lane_i[1:0], 3'd0};
          end
          fb_core_pkg::Fmt4: begin
            mask = 32'hf;
            pos  = {lane_i[2:0], 2'd0};
          end
          default: begin
            mask = 32'h3;
            pos  = {lane_i, 1'd0};
          end
        endcase
        high = signed_q ? $signed(mask >> 1) : $signed(mask);
        low  = signed_q ? ~high : '0;
        if ($signed(value) < low) value = low;
        else if ($signed(value) > high) value = high;
        result_o = (c_i & ~(mask << pos)) | ((value & mask) << pos);
      end
    end

    logic unused_bits;
    assign unused_bits = ^{csr_wdata_i[31:21], csr_wdata_i[19:18], csr_wdata_i[15:13],
                           csr_wdata_i[7:5]};

    assign pre_o       = pre_q;
    assign csr_rdata_o = {11'd0, signed_q, 2'd0, fmt_q, 3'd0, pre_q, 3'd0, shift_q};
    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) begin
        shift_q  <= '0;
        pre_q    <= '0;
        fmt_q    <= '0;
        signed_q <= 1'b0;
      end else if (csr_we_i && csr_addr_i == fb_isa_pkg::CsrFbQuant) begin
        shift_q  <= csr_wdata_i[4:0];
        pre_q    <= csr_wdata_i[12:8];
        fmt_q    <= csr_wdata_i[17:16] == 2'd3 ? 2'd0 : csr_wdata_i[17:16];
        signed_q <= csr_wdata_i[20];
      end
    end
  end else begin : gen_no_quant
    assign result_o    = '0;
    assign pre_o       = '0;
    assign csr_rdata_o = '0;
    logic unused_inputs;
    assign unused_inputs = ^{clk_i, rst_ni, valid_i, lane_i, a_i, b_i, c_i, csr_we_i, csr_addr_i,
                             csr_wdata_i};
  end

endmodule

`default_nettype wire
