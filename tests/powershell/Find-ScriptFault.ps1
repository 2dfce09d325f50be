<#
.SYNOPSIS
Find in scripts what PSScriptAnalyzer would find, as far as this project could sin against it.
.DESCRIPTION
A stand-in for the rules that matter here, made on the shell's own parser, for machines that have
no PSScriptAnalyzer; and this project's own rules for what Windows PowerShell 5.1 has not, or does
otherwise. Writes one object for each fault.
.PARAMETER Path
The scripts.
.PARAMETER Known
Names of functions that the scripts may call besides the commands of Windows PowerShell 5.1.
.EXAMPLE
./Find-ScriptFault.ps1 -Path (Get-ChildItem -Filter *.ps1).FullName -Known 'Get-HostScanJob'
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)] [string[]] $Path,
    [string[]] $Known = @()
)
Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

# commands that both 5.1 and 7 have, on every system
$commands = @(
    'Add-Member', 'ConvertFrom-Json', 'ConvertTo-Json', 'Export-ModuleMember', 'ForEach-Object', 'Get-ChildItem',
    'Get-Command', 'Get-Content', 'Get-Credential', 'Get-Item', 'Get-Module', 'Group-Object', 'Import-Module', 'Invoke-RestMethod', 'Invoke-WebRequest',
    'New-Object', 'Add-Type', 'Out-Null', 'Read-Host', 'Select-Object', 'Set-StrictMode', 'Set-Variable', 'Sort-Object', 'Split-Path', 'Test-Path',
    'Where-Object', 'Write-Debug', 'Write-Error', 'Write-Output', 'Write-Progress', 'Write-Verbose', 'Write-Warning'
) + $Known
$toAvoid = 'ConvertTo-SecureString', 'Invoke-Expression', 'Write-Host'
$changing = 'New', 'Set', 'Remove', 'Start', 'Stop', 'Restart', 'Reset', 'Update'
$automatic = '_', 'args', 'consolefilename', 'error', 'event', 'eventargs', 'eventsubscriber', 'executioncontext', 'false', 'foreach', 'home', 'host',
'input', 'iscoreclr', 'islinux', 'ismacos', 'iswindows', 'lastexitcode', 'matches', 'myinvocation', 'nestedpromptlevel', 'pid', 'profile',
'psboundparameters', 'pscmdlet', 'pscommandpath', 'psculture', 'psdebugcontext', 'pshome', 'psitem', 'psscriptroot', 'pssenderinfo', 'psuiculture',
'psversiontable', 'pwd', 'sender', 'shellid', 'stacktrace', 'switch', 'this', 'true'
$preferences = 'erroractionpreference', 'progresspreference', 'whatifpreference', 'confirmpreference', 'verbosepreference'
$newerNodes = 'TernaryExpressionAst', 'PipelineChainAst'
$newerTokens = 'QuestionQuestion', 'QuestionQuestionEquals', 'QuestionDot', 'QuestionLBracket', 'AndAnd', 'OrOr'
$newerVariables = 'iscoreclr', 'islinux', 'ismacos', 'iswindows'
$newerParameters = @{ 'ConvertFrom-Json' = 'AsHashtable', 'Depth', 'NoEnumerate', 'DateKind'; 'ConvertTo-Json' = 'AsArray', 'EscapeHandling'; 'Split-Path' = 'LeafBase', 'Extension'; 'ForEach-Object' = 'Parallel' }
# what is missing or wrong in .NET Framework, cannot be stopped with Ctrl+C, or takes a login apart
$members = 'StandardInputEncoding', 'ArgumentList', 'Environment', 'EnvironmentVariables', 'GetAwaiter', 'GetResult', 'ReadLine', 'PtrToStringAuto', 'GetNetworkCredential'

function Write-Fault {
    <# .SYNOPSIS Write one fault. #>
    param([string] $Rule, [object] $Extent, [string] $Text)
    [pscustomobject]@{ File = [System.IO.Path]::GetFileName($Extent.File); Line = $Extent.StartLineNumber; Rule = $Rule; Text = $Text }
}

function Find-InTree {
    <# .SYNOPSIS Find the nodes of one kind. #>
    param([object] $Tree, [string] $Kind)
    foreach ($node in $Tree.FindAll({ $true }, $true)) { if ($node.GetType().Name -eq $Kind) { $node } }
}

function Find-CommandFault {
    <# .SYNOPSIS Find commands and parameters that one of the shells lacks, and those to avoid. #>
    param([object] $Tree)
    foreach ($command in Find-InTree -Tree $Tree -Kind 'CommandAst') {
        $name = $command.GetCommandName()
        if ($null -eq $name) { continue }
        if ($name -notin $commands -and $name -notlike '*/*') { Write-Fault -Rule 'not a command of both shells, or an alias' -Extent $command.Extent -Text $name }
        if ($name -in $toAvoid) { Write-Fault -Rule 'a command to avoid' -Extent $command.Extent -Text $name }
        $positional = 0
        $elements = @($command.CommandElements)
        for ($index = 1; $index -lt $elements.Count; $index++) {
            $isNamed = $elements[$index] -is [System.Management.Automation.Language.CommandParameterAst]
            $isValue = $elements[$index - 1] -is [System.Management.Automation.Language.CommandParameterAst]
            if (-not $isNamed -and -not $isValue) { $positional++ }
            if ($isNamed -and $newerParameters.ContainsKey($name) -and $elements[$index].ParameterName -in $newerParameters[$name]) {
                Write-Fault -Rule 'parameter that 5.1 lacks' -Extent $elements[$index].Extent -Text "$name -$($elements[$index].ParameterName)"
            }
        }
        if ($positional -gt 2) { Write-Fault -Rule 'three positional arguments' -Extent $command.Extent -Text $name }
    }
    foreach ($member in @(Find-InTree -Tree $Tree -Kind 'MemberExpressionAst') + @(Find-InTree -Tree $Tree -Kind 'InvokeMemberExpressionAst')) {
        $name = "$($member.Member)".Trim("'")
        if ($name -in $members) { Write-Fault -Rule 'member to avoid' -Extent $member.Extent -Text $name }
    }
    foreach ($cast in Find-InTree -Tree $Tree -Kind 'ConvertExpressionAst') {
        if ("$($cast.Type)" -in '[datetime]', '[System.DateTime]') { Write-Fault -Rule 'cast to a time' -Extent $cast.Extent -Text "$($cast.Type)" }
    }
}

function Find-FunctionFault {
    <# .SYNOPSIS Find functions with a wrong name, and those that promise a question and ask none. #>
    param([object] $Tree)
    $verbs = @(Get-Verb | ForEach-Object -Process { $_.Verb })
    foreach ($function in Find-InTree -Tree $Tree -Kind 'FunctionDefinitionAst') {
        $verb, $noun = $function.Name -split '-', 2
        if ($verb -notin $verbs) { Write-Fault -Rule 'verb is not approved' -Extent $function.Extent -Text $function.Name }
        if ("$noun" -match 's$' -and "$noun" -notmatch 'ss$|Status$') { Write-Fault -Rule 'noun is plural' -Extent $function.Extent -Text $function.Name }
        $block = $function.Body.ParamBlock
        $promises = $null -ne $block -and "$($block.Attributes)" -match 'SupportsShouldProcess'
        $asks = @(Find-InTree -Tree $function.Body -Kind 'InvokeMemberExpressionAst' | Where-Object -FilterScript { "$($_.Member)" -in 'ShouldProcess', 'ShouldContinue' }).Count -gt 0
        if ($verb -in $changing -and -not $promises) { Write-Fault -Rule 'changes without ShouldProcess' -Extent $function.Extent -Text $function.Name }
        if ($promises -ne $asks) { Write-Fault -Rule 'ShouldProcess is promised or called, not both' -Extent $function.Extent -Text $function.Name }
    }
}

function Find-ParameterFault {
    <# .SYNOPSIS Find parameters that nobody uses, and those that are declared wrongly. #>
    param([object] $Tree)
    foreach ($block in Find-InTree -Tree $Tree -Kind 'ScriptBlockAst') {
        if ($null -eq $block.ParamBlock) { continue }
        # used in this block, or in one that it hands to these two; elsewhere it does not count as used
        $used = New-Object 'System.Collections.Generic.HashSet[string]' -ArgumentList ([System.StringComparer]::OrdinalIgnoreCase)
        foreach ($variable in Find-InTree -Tree $block -Kind 'VariableExpressionAst') {
            $place = $variable.Parent
            if ($place -is [System.Management.Automation.Language.ParameterAst]) { continue }
            while ($place -ne $block) {
                if ($place -is [System.Management.Automation.Language.ScriptBlockExpressionAst]) {
                    $isHandedOn = $place.Parent -is [System.Management.Automation.Language.CommandAst] -and $place.Parent.GetCommandName() -in 'ForEach-Object', 'Where-Object'
                    if (-not $isHandedOn) { break }
                }
                $place = $place.Parent
            }
            if ($place -eq $block) { $null = $used.Add($variable.VariablePath.UserPath) }
        }
        $usesAll = $used.Contains('PSBoundParameters') -and "$block" -match '@PSBoundParameters'
        foreach ($parameter in $block.ParamBlock.Parameters) {
            $name = $parameter.Name.VariablePath.UserPath
            if (-not $used.Contains($name) -and -not $usesAll) { Write-Fault -Rule 'parameter is not used' -Extent $parameter.Extent -Text $name }
            if ($name -in $automatic) { Write-Fault -Rule 'automatic variable is assigned' -Extent $parameter.Extent -Text $name }
            $isExplained = "$block" -match ('PSAvoidUsingPlainTextForPassword.{1,5}' + [regex]::Escape($name))
            if (-not $isExplained -and $name -match 'Pass(word|phrase)|Cred' -and $parameter.StaticType -in [string], [object], [string[]]) { Write-Fault -Rule 'password as plain text' -Extent $parameter.Extent -Text $name }
            $isMandatory = $parameter.Extent.Text -match 'Mandatory\s*=\s*\$true|Mandatory\s*[,)]'
            if ($isMandatory -and $null -ne $parameter.DefaultValue) { Write-Fault -Rule 'mandatory with a default' -Extent $parameter.Extent -Text $name }
            if ($parameter.StaticType -eq [switch] -and "$($parameter.DefaultValue)" -eq '$true') { Write-Fault -Rule 'switch that is on' -Extent $parameter.Extent -Text $name }
        }
        $takesPipeline = $block.ParamBlock.Extent.Text -match 'ValueFromPipeline'
        if ($takesPipeline -and $null -eq $block.ProcessBlock) { Write-Fault -Rule 'pipeline without process' -Extent $block.ParamBlock.Extent -Text '' }
    }
}

function Find-VariableFault {
    <# .SYNOPSIS Find variables that nobody reads, that belong to the shell, or that leak out. #>
    param([object] $Tree)
    $variables = @(Find-InTree -Tree $Tree -Kind 'VariableExpressionAst')
    $text = $Tree.Extent.Text
    foreach ($variable in $variables) {
        $name = $variable.VariablePath.UserPath
        if ($name -in $newerVariables) { Write-Fault -Rule 'variable that 5.1 lacks' -Extent $variable.Extent -Text $name }
        # the list of errors is PowerShell's own, and there is no other way to it from a script
        if ($variable.VariablePath.IsGlobal -and $name -ne 'global:Error') { Write-Fault -Rule 'global variable' -Extent $variable.Extent -Text $name }
    }
    foreach ($assignment in Find-InTree -Tree $Tree -Kind 'AssignmentStatementAst') {
        $targets = if ($assignment.Left -is [System.Management.Automation.Language.ArrayLiteralAst]) { $assignment.Left.Elements } else { $assignment.Left }
        foreach ($target in $targets) {
            if ($target -isnot [System.Management.Automation.Language.VariableExpressionAst]) { continue }
            $name = $target.VariablePath.UserPath
            if ($name -in $automatic) { Write-Fault -Rule 'automatic variable is assigned' -Extent $assignment.Extent -Text $name }
            if ($target.VariablePath.IsScript -or $name -eq 'null' -or $name -in $preferences) { continue }
            $uses = [regex]::Matches($text, '[$@]\{?' + [regex]::Escape($name) + '\b', 'IgnoreCase').Count
            if ($uses -lt 2) { Write-Fault -Rule 'variable is not used' -Extent $assignment.Extent -Text $name }
        }
    }
    foreach ($loop in Find-InTree -Tree $Tree -Kind 'ForEachStatementAst') {
        $name = $loop.Variable.VariablePath.UserPath
        if ($name -in $automatic) { Write-Fault -Rule 'automatic variable is assigned' -Extent $loop.Variable.Extent -Text $name }
    }
    foreach ($comparison in Find-InTree -Tree $Tree -Kind 'BinaryExpressionAst') {
        if ("$($comparison.Right)" -eq '$null' -and "$($comparison.Operator)" -match '^[IC](eq|ne)$') { Write-Fault -Rule '$null on the right' -Extent $comparison.Extent -Text '' }
    }
}

function Find-NewerSyntax {
    <# .SYNOPSIS Find what the parser of 5.1 does not know. #>
    param([object] $Tree, [object[]] $Token)
    foreach ($one in $Token) {
        $isNew = "$($one.Kind)" -in $newerTokens
        # escapes of 6 and later; in 5.1 they are the letters alone
        $isEscape = "$($one.Kind)" -in 'StringExpandable', 'HereStringExpandable' -and $one.Text -cmatch '(?<!`)(``)*`(u\{|e)'
        if ($isNew -or $isEscape) { Write-Fault -Rule 'syntax that 5.1 lacks' -Extent $one.Extent -Text $one.Text }
    }
    foreach ($kind in $newerNodes) { foreach ($node in Find-InTree -Tree $Tree -Kind $kind) { Write-Fault -Rule 'syntax that 5.1 lacks' -Extent $node.Extent -Text $kind } }
    foreach ($block in Find-InTree -Tree $Tree -Kind 'NamedBlockAst') { if ("$($block.BlockKind)" -eq 'Clean') { Write-Fault -Rule 'syntax that 5.1 lacks' -Extent $block.Extent -Text 'clean' } }
}

foreach ($file in $Path) {
    $tokens = $null
    $problems = $null
    $tree = [System.Management.Automation.Language.Parser]::ParseFile($file, [ref]$tokens, [ref]$problems)
    foreach ($problem in $problems) { Write-Fault -Rule 'does not parse' -Extent $problem.Extent -Text $problem.Message }
    foreach ($catch in Find-InTree -Tree $tree -Kind 'CatchClauseAst') { if (@($catch.Body.Statements).Count -eq 0) { Write-Fault -Rule 'empty catch' -Extent $catch.Extent -Text '' } }
    Find-NewerSyntax -Tree $tree -Token $tokens
    Find-CommandFault -Tree $tree
    Find-FunctionFault -Tree $tree
    Find-ParameterFault -Tree $tree
    Find-VariableFault -Tree $tree
}
