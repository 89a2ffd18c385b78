# SPDX-License-Identifier: Apache-2.0
<#
The life of platen.msi on a real Windows, for an administrator: what tests/windows/msi.py cannot ask of Wine. The service has no connector
here, so it waits for its enrolment.

    tests/windows/msi.ps1 -Older older.msi -Newer platen.msi
#>
param(
	[Parameter(Mandatory)][string]$Older,
	[Parameter(Mandatory)][string]$Newer
)
$ErrorActionPreference = 'Stop'
Set-StrictMode -Version Latest

$place = Join-Path $env:ProgramFiles 'Platen'
$data = Join-Path $env:ProgramData 'Platen'
$token = 'plt1.' + ('x' * 60) # no connector would take it; it must not be found anywhere

function Assert([bool]$Is, [string]$What) {
	if (-not $Is) { throw "not so: $What" }
	Write-Output "ok      $What"
}

function Invoke-Msi([string[]]$Words, [int]$Expect = 0) {
	$log = Join-Path $env:TEMP 'platen-msi.log'
	$done = Start-Process msiexec -Wait -PassThru -ArgumentList ($Words + '/qn', '/norestart', '/l*v', $log)
	if ($done.ExitCode -ne $Expect) {
		Get-Content $log -Tail 60 | Write-Output
		throw "msiexec $Words ended with $($done.ExitCode), not $Expect"
	}
	Assert (-not (Select-String -Quiet -SimpleMatch $token $log)) 'the token is not in the log'
}

function Wait-Service {
	(Get-Service platen-agent).WaitForStatus('Running', [TimeSpan]::FromSeconds(30))
}

function Get-Version { (& (Join-Path $place 'platen-agent.exe') --version).Split(' ')[1] }

# Whether somebody who is no administrator, no system and not the service may open it.
function Test-Shut([string]$Path) {
	$others = (Get-Acl $Path).Access | Where-Object {
		$_.AccessControlType -eq 'Allow' -and
		$_.IdentityReference.Translate([Security.Principal.SecurityIdentifier]).Value -notin 'S-1-5-18', 'S-1-5-32-544', 'S-1-5-20'
	}
	-not $others
}

$Older, $Newer = (Resolve-Path $Older).Path, (Resolve-Path $Newer).Path

Invoke-Msi '/i', "`"$Older`"", 'DEFER_ENROLL=1', "TOKEN=$token", 'POLICY=firmware,reboot'
Wait-Service
$old = Get-Version
Assert ((Get-CimInstance Win32_Service -Filter "Name='platen-agent'").StartName -like '*NetworkService') 'the service is NetworkService'
Assert ((Get-ItemProperty HKLM:\SYSTEM\CurrentControlSet\Services\platen-agent).DelayedAutostart -eq 1) 'it starts delayed'
Assert ((sc.exe qfailure platen-agent | Select-String 'RESTART').Count -eq 3) 'it is started again after a failure'
Assert (Test-Shut (Join-Path $data 'state')) 'its state is shut'
Assert (Test-Shut 'HKLM:\SOFTWARE\Platen\Settings') 'its settings are shut'
Assert ((& (Join-Path $place 'platen.exe') status --json | ConvertFrom-Json).connected -eq $false) 'platen.exe asks it'
Assert (-not (Get-NetTCPConnection -State Listen -ErrorAction SilentlyContinue |
	Where-Object OwningProcess -eq (Get-Process platen-agent).Id)) 'it listens at no port'
$identity = (Get-FileHash (Join-Path $data 'state\key')).Hash

Invoke-Msi '/i', "`"$Newer`""
Wait-Service
Assert ((Get-Version) -ne $old) "$old became $(Get-Version)"
Assert ((Get-FileHash (Join-Path $data 'state\key')).Hash -eq $identity) 'identity outlives the upgrade'
Assert ((Get-ItemProperty HKLM:\SOFTWARE\Platen\Settings).forbid -eq 'firmware,reboot') 'settings outlive the upgrade'

Invoke-Msi '/i', "`"$Older`"" -Expect 1603
Assert ((Get-Service platen-agent).Status -eq 'Running') 'a downgrade is refused'

Remove-Item (Join-Path $place 'platen.exe')
Invoke-Msi '/fa', "`"$Newer`""
Assert (Test-Path (Join-Path $place 'platen.exe')) 'a repair brings the lost program back'

Invoke-Msi '/x', "`"$Newer`""
foreach ($left in $place, $data, 'HKLM:\SOFTWARE\Platen', 'HKLM:\SYSTEM\CurrentControlSet\Services\platen-agent') {
	Assert (-not (Test-Path $left)) "$left is gone"
}

Invoke-Msi '/i', "`"$Newer`"", 'POLICY=tea' -Expect 1603
Assert (-not (Test-Path $place) -and -not (Test-Path $data)) 'a setting that makes no sense leaves nothing'
